;; Recursion without end. The second call keeps the first from being a tail call.
(module
  (memory (export "memory") 1 4)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func $deep
    (call $deep)
    (call $deep))
  (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
    (call $deep)
    (i32.const 16)))
