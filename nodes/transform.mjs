/**
 * AssemblyScript cannot write the contract's export names in source, so exports are renamed after compilation:
 * `handle` → `fusewire:node/node@1.0.0#handle`, `save_state` → `…#save-state`.
 */
import binaryen from 'assemblyscript/binaryen';
import { Transform } from 'assemblyscript/transform';

const FUNCTIONS = ['configure', 'handle', 'tick', 'save_state', 'load_state'];

export default class CanonicalNames extends Transform {
  afterCompile(module) {
    for (const name of FUNCTIONS) {
      const exported = module.getExport(name);
      if (!exported) continue;
      const internal = binaryen.getExportInfo(exported).value;
      module.removeExport(name);
      module.addFunctionExport(internal, `fusewire:node/node@1.0.0#${name.replace('_', '-')}`);
    }
  }
}
