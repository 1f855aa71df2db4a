;; A table without a maximum. Asks for eight million entries at once, because an engine that has no room for so many may end
;; its process instead of refusing; then for half as many, until even one is refused.
(module
  (memory (export "memory") 1 1)
  (table $table 1 funcref)
  ;; The result: an error with the text at 64.
  (data (i32.const 16) "\01\00\00\00\40\00\00\00")
  (data (i32.const 64) "table.grow refused at 00000000 entries")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  ;; Writes the number as eight digits into the text.
  (func $number (param $value i32)
    (local $at i32)
    (local.set $at (i32.const 94))
    (loop $digit
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10))))
      (local.set $value (i32.div_u (local.get $value) (i32.const 10)))
      (br_if $digit (i32.gt_u (local.get $at) (i32.const 86))))
    (i32.store (i32.const 24) (i32.const 38)))
  (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
    (local $step i32)
    (local.set $step (i32.const 8000000))
    (loop $more
      (if (i32.eq (table.grow $table (ref.null func) (local.get $step)) (i32.const -1))
        (then (local.set $step (i32.shr_u (local.get $step) (i32.const 1)))))
      (br_if $more (local.get $step)))
    (call $number (table.size $table))
    (i32.const 16)))
