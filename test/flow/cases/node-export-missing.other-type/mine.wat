(module
  (memory (export "memory") 1 4)
  (func (export "cabi_realloc") (param i32 i32) (result i32) (i32.const 1024))
  (func (export "_initialize") (param i32))
  (func (export "fusewire:node/node@1.0.0#handle") (param i64 i32 i32) (result i32) (i32.const 16)))
