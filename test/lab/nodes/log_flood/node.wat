;; 1,000 bytes at a time.
(module
  (import "fusewire:node/flow@1.0.0" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1 4)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
    (loop $more
      (call $log (i32.const 3) (i32.const 2048) (i32.const 1000))
      (br $more))
    (i32.const 16)))
