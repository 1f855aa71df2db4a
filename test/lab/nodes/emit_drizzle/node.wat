;; Breaks no limit: the sink is to drown.
(module
  (import "fusewire:node/flow@1.0.0" "emit" (func $emit (param i32 i32 i32)))
  (memory (export "memory") 1 4)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func (export "fusewire:node/node@1.0.0#handle") (param $port i32) (param $ptr i32) (param $len i32) (result i32)
    (local $left i32)
    (local.set $left (i32.const 1000))
    (loop $more
      (call $emit (i32.const 0) (local.get $ptr) (local.get $len))
      (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i32.const 16)))
