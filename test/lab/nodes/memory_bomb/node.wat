;; Declares 4 GiB as its maximum and takes what it gets, page by page, then returns an error that says how far it came.
(module
  (memory (export "memory") 1 65536)
  ;; The result: an error with the text at 64.
  (data (i32.const 16) "\01\00\00\00\40\00\00\00")
  (data (i32.const 64) "memory.grow refused at 00000000 pages")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  ;; Writes the number as eight digits into the text.
  (func $number (param $value i32)
    (local $at i32)
    (local.set $at (i32.const 95))
    (loop $digit
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10))))
      (local.set $value (i32.div_u (local.get $value) (i32.const 10)))
      (br_if $digit (i32.gt_u (local.get $at) (i32.const 87))))
    (i32.store (i32.const 24) (i32.const 37)))
  (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (call $number (memory.size))
    (i32.const 16)))
