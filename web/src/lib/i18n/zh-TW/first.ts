/** What the first screens say: the list of flows and the canvas. */
import canvas from './canvas.json';
import deploy from './deploy.json';
import flows from './flows.json';
import inspector from './inspector.json';
import manifests from './manifests.json';
import palette from './palette.json';
import payload from './payload.json';
import problems from './problems.json';
import shell from './shell.json';

export default { canvas, deploy, flows, inspector, manifests, palette, payload, problems, shell };
