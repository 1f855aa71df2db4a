import access from './access.json';
import canvas from './canvas.json';
import deploy from './deploy.json';
import flows from './flows.json';
import inspector from './inspector.json';
import letters from './letters.json';
import logs from './logs.json';
import manifests from './manifests.json';
import nodes from './nodes.json';
import palette from './palette.json';
import payload from './payload.json';
import problems from './problems.json';
import replay from './replay.json';
import settings from './settings.json';
import shell from './shell.json';
import tags from './tags.json';
import trace from './trace.json';
import tryTexts from './try.json';
import versions from './versions.json';
import watch from './watch.json';

export default {
  access,
  canvas,
  deploy,
  flows,
  inspector,
  letters,
  logs,
  manifests,
  nodes,
  palette,
  payload,
  problems,
  replay,
  settings,
  shell,
  tags,
  trace,
  try: tryTexts,
  versions,
  watch,
};
