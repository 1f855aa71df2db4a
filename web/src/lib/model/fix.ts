import type { FlowDocument } from '../contract.ts';

/** One change of the document that mends a finding. */
export interface Fix {
  /** Its text: `problems:fix_…`. */
  readonly kind:
    | 'giveId'
    | 'takeType'
    | 'removeNode'
    | 'unpin'
    | 'takeNode'
    | 'takePort'
    | 'removeWire'
    | 'removeClosing'
    | 'addSource'
    | 'setProp'
    | 'removeProp'
    | 'cutList';
  readonly values: Readonly<Record<string, string | number>>;
  readonly edit: (document: FlowDocument) => FlowDocument;
}
