import { X509Certificate } from "node:crypto";
import { getCACertificates } from "node:tls";
import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent } from "undici";
import { StationError } from "#shared/domain/errors.ts";

export interface DispatcherOptions {
  /** The operator's own setting; it is used for every address. Null: what the environment says. */
  readonly proxy?: string | null;
  /** PEM of certification authorities to trust beside the usual ones. */
  readonly caFile?: string | null;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read from it, in either letter case. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connections kept open to one server; as many as calls are in flight. Default 32. */
  readonly connections?: number;
}

/**
 * Never follows a redirect. This machine itself is reached directly, unless the operator set a proxy.
 * @throws StationError USAGE for a proxy or a CA file that cannot be one
 */
export function createDispatcher({ proxy, caFile, env, connections = 32 }: DispatcherOptions): Dispatcher {
  const ca = caFile ? { ca: [...getCACertificates("default"), checkPem(caFile)] } : null;
  const agent = {
    connections,
    // Longer than the pauses of a paced batch, so that connections outlive them.
    keepAliveTimeout: 30_000,
    allowH2: false,
    connect: { ...ca, timeout: 10_000 },
    ...(ca === null ? {} : { requestTls: ca, proxyTls: ca }),
  };
  if (proxy) return new ProxyAgent({ ...agent, uri: checkProxy(proxy) });
  const httpProxy = checkProxy(env["http_proxy"] || env["HTTP_PROXY"] || "");
  const httpsProxy = checkProxy(env["https_proxy"] || env["HTTPS_PROXY"] || "");
  if (httpProxy === "" && httpsProxy === "") return new Agent(agent);
  const direct = env["no_proxy"] || env["NO_PROXY"] || "";
  // Without an own HTTPS proxy the one for HTTP serves both.
  return new EnvHttpProxyAgent({ ...agent, httpProxy, httpsProxy, noProxy: `${direct},localhost,127.0.0.1,::1` });
}

/** An address without a scheme is commonly written and means HTTP. The address is not repeated in errors: it may hold a password. */
function checkProxy(proxy: string): string {
  if (proxy === "") return "";
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new StationError(
      "USAGE",
      "The proxy must be an http:// or https:// address. Check the setting, or HTTPS_PROXY.",
    );
  }
  return url.href;
}

function checkPem(pem: string): string {
  try {
    if (new X509Certificate(pem).raw.length > 0) return pem;
  } catch {
    // Said below.
  }
  throw new StationError("USAGE", "The CA file holds no certificate in PEM form. Check which file was given.");
}
