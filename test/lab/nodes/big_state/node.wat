;; Wants to keep 100 MB: asks for all of it a page at a time, writes every byte, and hands over what it got. Returns an error
;; that says how far it came.
(module
  (memory (export "memory") 1 1600)
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
    (local $page i32)
    (loop $more
      (local.set $page (memory.grow (i32.const 1)))
      (if (i32.ne (local.get $page) (i32.const -1))
        (then
          (memory.fill (i32.shl (local.get $page) (i32.const 16)) (i32.const 0xa5) (i32.const 65536))
          (br $more))))
    (call $number (memory.size))
    (i32.const 16))
  (func (export "fusewire:node/node@1.0.0#save-state") (result i32)
    (i32.store (i32.const 32) (i32.const 65536))
    (i32.store (i32.const 36) (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 65536)))
    (i32.const 32))
  (func (export "fusewire:node/node@1.0.0#load-state") (param i32 i32) (result i32)
    (i32.const 48)))
