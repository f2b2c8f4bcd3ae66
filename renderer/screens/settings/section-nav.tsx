import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";

export type Section = "connection" | "rehearsal" | "station" | "look" | "keys" | "about" | "operators";

/** Where on the page a section begins. */
export function sectionId(section: Section): string {
  return `settings-${section}`;
}

/** Ways down a page that is longer than any screen. */
export function SectionNav(props: { readonly sections: readonly Section[] }) {
  const { text } = useText();
  const words = text.settings.sections;
  return (
    <nav className="section-nav" aria-label={words.label}>
      {props.sections.map((section) => (
        <Button
          key={section}
          kind="quiet"
          onPress={() => document.getElementById(sectionId(section))?.scrollIntoView({ block: "start" })}
        >
          {words[section]}
        </Button>
      ))}
    </nav>
  );
}
