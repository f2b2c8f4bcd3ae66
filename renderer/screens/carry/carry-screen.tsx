import { Screen } from "../../shell/screen.tsx";
import { useText } from "../../text/use-text.ts";

export function CarryScreen() {
  const { text } = useText();
  return (
    <Screen title={text.carry.title} next={null}>
      <p>{text.carry.lead}</p>
    </Screen>
  );
}
