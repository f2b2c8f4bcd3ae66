export { createLicensingClient } from "./client.ts";
export { createDispatcher } from "./dispatcher.ts";
