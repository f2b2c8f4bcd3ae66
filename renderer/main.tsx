import "./client/no-eval.ts";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "./client/client.ts";
import { connect } from "./client/connect.ts";
import { StationContext } from "./client/hooks.ts";
import { createLive } from "./model/live.ts";
import { App } from "./shell/app.tsx";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/panel.css";
import "./ui/plot.css";
import "./ui/table.css";

const client = createClient(connect());
const live = createLive(client);
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <StationContext value={{ client, live }}>
      <App />
    </StationContext>
  </StrictMode>,
);
