/** Composition of the page. The token leaves the address before anything else happens. */

import { render } from "preact";

import { takeToken } from "./adapters/address.ts";
import { App } from "./view/app.tsx";

const token = takeToken();
const place = document.getElementById("app");
if (place === null) throw new Error("index.html has lost its place for the page");
render(<App token={token} />, place);
