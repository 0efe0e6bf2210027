;; Products of matrices for the network: NumPy's, which use no vector instructions in a browser, took most of the time of an answer.
(module
  (import "python" "memory" (memory 0))

  (func $sum (param $four v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $four)) (f32x4.extract_lane 1 (local.get $four)))
      (f32.add (f32x4.extract_lane 2 (local.get $four)) (f32x4.extract_lane 3 (local.get $four)))))

  ;; Writes rows (m, k) times the transpose of weights (n, k) to products (m, n), four rows at a time. All are arrays of float32,
  ;; given by their addresses; m is a multiple of 4, and k is at least 4.
  (func (export "multiply")
    (param $rows i32) (param $weights i32) (param $products i32) (param $m i32) (param $k i32) (param $n i32)
    (local $row i32) (local $line i32) (local $end_of_rows i32) (local $end_of_line i32) (local $end_of_row i32)
    (local $end_of_fours i32) (local $weight i32) (local $a i32) (local $b i32) (local $c i32) (local $d i32)
    (local $four v128) (local $p v128) (local $q v128) (local $r v128) (local $s v128)
    (local $one f32) (local $e f32) (local $f f32) (local $g f32) (local $h f32)
    (local.set $row (i32.shl (local.get $k) (i32.const 2)))
    (local.set $line (i32.shl (local.get $n) (i32.const 2)))
    (local.set $end_of_rows (i32.add (local.get $rows) (i32.mul (local.get $m) (local.get $row))))
    (loop $next_rows
      (local.set $weight (local.get $weights))
      (local.set $end_of_row (i32.add (local.get $rows) (local.get $row)))
      (local.set $end_of_fours (i32.add (local.get $rows) (i32.and (local.get $row) (i32.const -16))))
      (local.set $end_of_line (i32.add (local.get $products) (local.get $line)))
      (loop $next_product
        (local.set $a (local.get $rows))
        (local.set $b (i32.add (local.get $a) (local.get $row)))
        (local.set $c (i32.add (local.get $b) (local.get $row)))
        (local.set $d (i32.add (local.get $c) (local.get $row)))
        (local.set $p (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $p))
        (local.set $r (local.get $p))
        (local.set $s (local.get $p))
        (loop $next_four
          (local.set $four (v128.load (local.get $weight)))
          (local.set $p (f32x4.add (local.get $p) (f32x4.mul (local.get $four) (v128.load (local.get $a)))))
          (local.set $q (f32x4.add (local.get $q) (f32x4.mul (local.get $four) (v128.load (local.get $b)))))
          (local.set $r (f32x4.add (local.get $r) (f32x4.mul (local.get $four) (v128.load (local.get $c)))))
          (local.set $s (f32x4.add (local.get $s) (f32x4.mul (local.get $four) (v128.load (local.get $d)))))
          (local.set $weight (i32.add (local.get $weight) (i32.const 16)))
          (local.set $b (i32.add (local.get $b) (i32.const 16)))
          (local.set $c (i32.add (local.get $c) (i32.const 16)))
          (local.set $d (i32.add (local.get $d) (i32.const 16)))
          (br_if $next_four
            (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 16))) (local.get $end_of_fours))))
        (local.set $e (call $sum (local.get $p)))
        (local.set $f (call $sum (local.get $q)))
        (local.set $g (call $sum (local.get $r)))
        (local.set $h (call $sum (local.get $s)))
        (block $done
          (loop $next_one
            (br_if $done (i32.eq (local.get $a) (local.get $end_of_row)))
            (local.set $one (f32.load (local.get $weight)))
            (local.set $e (f32.add (local.get $e) (f32.mul (local.get $one) (f32.load (local.get $a)))))
            (local.set $f (f32.add (local.get $f) (f32.mul (local.get $one) (f32.load (local.get $b)))))
            (local.set $g (f32.add (local.get $g) (f32.mul (local.get $one) (f32.load (local.get $c)))))
            (local.set $h (f32.add (local.get $h) (f32.mul (local.get $one) (f32.load (local.get $d)))))
            (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
            (local.set $a (i32.add (local.get $a) (i32.const 4)))
            (local.set $b (i32.add (local.get $b) (i32.const 4)))
            (local.set $c (i32.add (local.get $c) (i32.const 4)))
            (local.set $d (i32.add (local.get $d) (i32.const 4)))
            (br $next_one)))
        (f32.store (local.get $products) (local.get $e))
        (f32.store (local.tee $a (i32.add (local.get $products) (local.get $line))) (local.get $f))
        (f32.store (local.tee $a (i32.add (local.get $a) (local.get $line))) (local.get $g))
        (f32.store (i32.add (local.get $a) (local.get $line)) (local.get $h))
        (br_if $next_product
          (i32.lt_u (local.tee $products (i32.add (local.get $products) (i32.const 4))) (local.get $end_of_line))))
      (local.set $products (i32.add (local.get $end_of_line) (i32.mul (local.get $line) (i32.const 3))))
      (br_if $next_rows (i32.lt_u
        (local.tee $rows (i32.add (local.get $rows) (i32.shl (local.get $row) (i32.const 2))))
        (local.get $end_of_rows))))))
