;; The flow must not be waited for.
(module
  (memory (export "memory") 1 4)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func (export "fusewire:node/node@1.0.0#configure") (param i32 i32) (result i32)
    (loop $more (br $more))
    (i32.const 16))
  (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
    (i32.const 16)))
