;; 16 pages, all of them one message.
(module
  (import "fusewire:node/flow@1.0.0" "emit" (func $emit (param i32 i32 i32)))
  (memory (export "memory") 32 32)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
    (call $emit (i32.const 0) (i32.const 0) (i32.const 0x100000))
    (i32.const 16)))
