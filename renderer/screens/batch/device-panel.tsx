import { formatRoute } from "../../model/route.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";
import { Fingerprint } from "../../ui/fingerprint.tsx";
import { Panel } from "../../ui/panel.tsx";
import { DeviceBadge } from "./device-badge.tsx";
import { type DeviceRow, fingerprintOf } from "./use-batch-rows.ts";

/** One device of the batch: where it stands, and what to do where it failed. */
export function DevicePanel(props: { readonly row: DeviceRow; readonly onClose: () => void }) {
  const { row, onClose } = props;
  const { text } = useText();
  const heads = text.batch.columns;
  return (
    <Panel title={row.name ?? text.batch.deviceTitle} closeLabel={text.shell.common.close} onClose={onClose}>
      <DeviceBadge status={row.status} />
      {row.error === null ? null : <FailureNote failure={row.error} />}
      <dl className="facts">
        <div>
          <dt>{row.fingerprint === "" ? text.devices.digest : heads.fingerprint}</dt>
          <dd>
            <Fingerprint value={fingerprintOf(row)} copyLabel={text.shell.common.copyFingerprint} />
          </dd>
        </div>
        {row.serial === null ? null : (
          <div>
            <dt>{heads.serial}</dt>
            <dd>{row.serial}</dd>
          </div>
        )}
        {row.expiresAt === null ? null : (
          <div>
            <dt>{heads.expires}</dt>
            <dd>
              <Instant at={row.expiresAt} />
            </dd>
          </div>
        )}
        {row.activationId === null ? null : (
          <div>
            <dt>{heads.activation}</dt>
            <dd className="code">{row.activationId}</dd>
          </div>
        )}
      </dl>
      {row.file === null ? null : (
        <div>
          <p className="small weak">{heads.file}</p>
          <p className="code strong">{row.file}</p>
        </div>
      )}
      <a className="button" href={formatRoute({ screen: "devices", device: row.fingerprintSha256 })}>
        {text.batch.history}
      </a>
    </Panel>
  );
}
