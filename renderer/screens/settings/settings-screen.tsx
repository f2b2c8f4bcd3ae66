import { type ReactNode, useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useFetched, useLive } from "../../client/hooks.ts";
import { Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { AboutCard } from "./about-card.tsx";
import { ConnectionCard } from "./connection-card.tsx";
import { KeysCard } from "./keys-card.tsx";
import { LookCard } from "./look-card.tsx";
import { AddOperatorPanel } from "./people/add-operator-panel.tsx";
import { AllotmentsCard } from "./people/allotments-card.tsx";
import { ApprovalsCard } from "./people/approvals-card.tsx";
import { ChangeOperatorPanel } from "./people/change-operator-panel.tsx";
import { type Operator, OperatorsCard } from "./people/operators-card.tsx";
import "./people/people.css";
import { RulesCard } from "./people/rules-card.tsx";
import { SignOrderPanel } from "./people/sign-order-panel.tsx";
import { RehearsalCard } from "./rehearsal-card.tsx";
import { type Section, SectionNav, sectionId } from "./section-nav.tsx";
import "./settings.css";
import { StationCard } from "./station-card.tsx";

type Aside = { readonly kind: "add" | "order" } | { readonly kind: "change"; readonly operator: Operator };

const sections: readonly Section[] = ["connection", "station", "look", "rehearsal", "keys", "about"];

/** Every change is kept as it is made; there is nothing to save at the end. */
export function SettingsScreen() {
  const { text } = useText();
  const settings = useLive((state) => state.settings);
  const session = useLive((state) => state.session);
  const who = session?.operator?.id ?? null;
  const operators = useFetched("operators.list", session === null ? null : {}, who);
  const allotments = useFetched("allotments.list", session === null ? null : {}, who);
  const [aside, setAside] = useState<Aside | null>(null);
  const close = () => setAside(null);
  if (settings === null) return null;
  const keep = (now: CallOutput<"operators.list">) => {
    operators.set(now);
    close();
  };
  return (
    <Screen
      title={text.settings.title}
      tools={<SectionNav sections={session === null ? sections : [...sections, "operators"]} />}
      next={{ label: text.batch.toStation, onPress: () => go({ screen: "station" }) }}
      panel={
        aside === null ? null : aside.kind === "change" ? (
          <ChangeOperatorPanel key={aside.operator.id} operator={aside.operator} onChanged={keep} onClose={close} />
        ) : aside.kind === "add" ? (
          <AddOperatorPanel isFirst={session?.accounts !== true} onAdded={keep} onClose={close} />
        ) : (
          <SignOrderPanel
            today={new Date().toISOString().slice(0, 10)}
            onSigned={(now) => {
              allotments.set(now);
              close();
            }}
            onClose={close}
          />
        )
      }
    >
      <div className="settings">
        <div className="stack">
          <Part section="connection">
            <ConnectionCard settings={settings} />
          </Part>
          <Part section="rehearsal">
            <RehearsalCard settings={settings} />
          </Part>
        </div>
        <div className="stack">
          <Part section="station">
            <StationCard settings={settings} />
          </Part>
          <Part section="look">
            <LookCard settings={settings} />
          </Part>
        </div>
        <div className="stack">
          <Part section="keys">
            <KeysCard settings={settings} />
          </Part>
          <Part section="about">
            <AboutCard settings={settings} />
          </Part>
        </div>
        {session === null ? null : (
          <div className="settings-wide" id={sectionId("operators")}>
            <OperatorsCard
              operators={operators}
              onAdd={() => setAside({ kind: "add" })}
              onChange={(operator) => setAside({ kind: "change", operator })}
            />
          </div>
        )}
        {session?.accounts === true ? (
          <>
            <RulesCard />
            <div className="stack">
              <ApprovalsCard />
              <AllotmentsCard allotments={allotments} onSign={() => setAside({ kind: "order" })} />
            </div>
          </>
        ) : null}
      </div>
    </Screen>
  );
}

function Part(props: { readonly section: Section; readonly children: ReactNode }) {
  return <div id={sectionId(props.section)}>{props.children}</div>;
}
