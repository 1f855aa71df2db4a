/** ELK in a thread of its own. Loaded when something is arranged for the first time. */
import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js';
import script from 'elkjs/lib/elk-worker.min.js?url';

const elk = new ELK({ workerFactory: () => new Worker(script) });

export const layOut = (graph: ElkNode): Promise<ElkNode> => elk.layout(graph);
