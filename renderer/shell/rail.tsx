import {
  BadgeCheck,
  BookLock,
  Boxes,
  Grid2x2,
  KeyRound,
  type LucideIcon,
  FileOutput,
  PlayCircle,
  ScanLine,
  Settings2,
} from "lucide-react";
import { formatRoute, railEntry, type Route, type ScreenName, screens } from "../model/route.ts";
import { useText } from "../text/use-text.ts";
import { firstOf } from "./shortcuts.ts";

const icons: Readonly<Record<ScreenName, LucideIcon>> = {
  station: Grid2x2,
  batch: PlayCircle,
  single: ScanLine,
  carry: FileOutput,
  devices: Boxes,
  ledger: BookLock,
  licenses: KeyRound,
  licence: BadgeCheck,
  settings: Settings2,
};

export function Rail(props: { readonly route: Route }) {
  const { text } = useText();
  const here = railEntry(props.route);
  return (
    <nav className="rail" aria-label={text.shell.rail.label}>
      <ul>
        {screens.map((screen) => {
          const Icon = icons[screen];
          return (
            <li key={screen}>
              <a href={formatRoute(firstOf(screen))} {...(screen === here ? { "aria-current": "page" } : {})}>
                <Icon size={24} strokeWidth={1.75} aria-hidden />
                {text.shell.rail[screen]}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
