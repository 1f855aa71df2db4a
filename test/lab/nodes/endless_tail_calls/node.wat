;; A loop that is none: tail calls take no stack, and an engine that looks for a wish to end only at loops never looks here.
;; Fuel is charged at function entry, so it sees every turn. Division is slow: little fuel burns a long time.
(module
  (memory (export "memory") 1 4)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func $spin (param $seed i64)
    (return_call $spin (i64.div_u (i64.const -1) (i64.or (local.get $seed) (i64.const 1)))))
  (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
    (call $spin (i64.const 3))
    (i32.const 16)))
