/** What all other screens say. */
import access from './access.json';
import gateway from './gateway.json';
import letters from './letters.json';
import logs from './logs.json';
import nodes from './nodes.json';
import replay from './replay.json';
import settings from './settings.json';
import tags from './tags.json';
import trace from './trace.json';
import tryTexts from './try.json';
import versions from './versions.json';
import watch from './watch.json';

export default { access, gateway, letters, logs, nodes, replay, settings, tags, trace, try: tryTexts, versions, watch };
