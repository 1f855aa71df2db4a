;; Breaks no limit: whoever reads the log is to drown.
(module
  (import "fusewire:node/flow@1.0.0" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1 4)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
    (call $log (i32.const 3) (i32.const 2048) (i32.const 60000))
    (i32.const 16)))
