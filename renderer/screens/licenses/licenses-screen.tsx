import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand, useFetched, useLive } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { AddLicensePanel } from "./add-license-panel.tsx";
import { JobCard } from "./job-card.tsx";
import { KeysCard } from "./keys-card.tsx";
import "./licenses.css";
import { PoliciesCard } from "./policies-card.tsx";
import { PolicyPanel } from "./policy-panel.tsx";
import { PoolsCard } from "./pools-card.tsx";

type Policy = CallOutput<"policies.list">[number];
type Aside = { readonly kind: "license" } | { readonly kind: "policy"; readonly policy: Policy | null };

export function LicensesScreen() {
  const { text } = useText();
  const isRehearsal = useLive((state) => state.status?.rehearsal ?? false);
  const licenses = useFetched("licenses.list", {}, isRehearsal);
  const policies = useFetched("policies.list", {}, isRehearsal);
  const job = useFetched("job.get", {}, isRehearsal);
  const command = useCommand();
  const [aside, setAside] = useState<Aside | null>(null);
  const failure = command.failure ?? licenses.failure ?? policies.failure ?? job.failure;
  const close = () => setAside(null);
  const hasLicense = (licenses.value ?? []).length > 0;
  return (
    <Screen
      title={text.licenses.title}
      hint={<p>{text.licenses.keys.body}</p>}
      next={
        hasLicense
          ? { label: text.batch.toStation, onPress: () => go({ screen: "station" }) }
          : {
              label: text.licenses.keys.add,
              isDisabled: aside?.kind === "license",
              onPress: () => setAside({ kind: "license" }),
            }
      }
      panel={
        aside === null ? null : aside.kind === "license" ? (
          <AddLicensePanel
            known={licenses.value ?? []}
            onClose={close}
            onAdded={(now) => {
              licenses.set(now);
              job.reload();
              close();
            }}
          />
        ) : (
          <PolicyPanel
            key={aside.policy?.id ?? "new"}
            policy={aside.policy}
            onClose={close}
            onSaved={(now) => {
              policies.set(now);
              close();
            }}
          />
        )
      }
    >
      <div className="stack">
        {failure === null ? null : <FailureNote failure={failure} />}
        <JobCard job={job} licenses={licenses.value ?? []} policies={policies.value ?? []} />
        <div className="license-columns">
          <KeysCard licenses={licenses} onAdd={() => setAside({ kind: "license" })} />
          <PoolsCard licenses={licenses.value ?? []} />
        </div>
        <PoliciesCard policies={policies} job={job} onEdit={(policy) => setAside({ kind: "policy", policy })} />
      </div>
    </Screen>
  );
}
