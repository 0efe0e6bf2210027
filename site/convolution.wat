;; A convolution of the network, since NumPy uses no vector instructions in a browser: most of the time of an answer goes here.
(module
  (import "python" "memory" (memory 0))

  ;; The place of a filter's first pixel in the images, and how it moves: in bytes, and in pixels of a row and rows of an image.
  (global $place (mut i32) (i32.const 0))
  (global $x (mut i32) (i32.const 0))
  (global $y (mut i32) (i32.const 0))
  (global $width (mut i32) (i32.const 0))
  (global $height (mut i32) (i32.const 0))
  (global $to_next_pixel (mut i32) (i32.const 0))
  (global $to_next_row (mut i32) (i32.const 0)) ;; more than to the next pixel
  (global $to_next_image (mut i32) (i32.const 0)) ;; more than to the next row

  (func $move (result i32) ;; returns the place before
    (global.get $place)
    (global.set $place (i32.add (global.get $place) (global.get $to_next_pixel)))
    (global.set $x (i32.add (global.get $x) (i32.const 1)))
    (if (i32.eq (global.get $x) (global.get $width)) (then
      (global.set $x (i32.const 0))
      (global.set $y (i32.add (global.get $y) (i32.const 1)))
      (global.set $place (i32.add (global.get $place) (global.get $to_next_row)))
      (if (i32.eq (global.get $y) (global.get $height)) (then
        (global.set $y (i32.const 0))
        (global.set $place (i32.add (global.get $place) (global.get $to_next_image))))))))

  (func $total (param $four v128) (param $more f32) (result f32)
    (f32.add (local.get $more) (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $four)) (f32x4.extract_lane 1 (local.get $four)))
      (f32.add (f32x4.extract_lane 2 (local.get $four)) (f32x4.extract_lane 3 (local.get $four))))))

  ;; Writes the maps (images, height, width, count) of images (images, height + rows - 1, width + columns - 1, channels) under
  ;; filters (count, rows, columns, channels) with biases (count); no value is below `least`. All are arrays of float32, given by
  ;; their addresses. Four places are computed at once: their number, images * height * width, is a multiple of 4.
  (func (export "convolve")
    (param $image i32) (param $filters i32) (param $biases i32) (param $maps i32) (param $images i32) (param $height i32)
    (param $width i32) (param $channels i32) (param $count i32) (param $rows i32) (param $columns i32) (param $least f32)
    (local $pixel i32) (local $segment i32) (local $line i32) (local $map i32) (local $end i32) (local $end_of_place i32)
    (local $weight i32) (local $bias i32) (local $row i32) (local $end_of_fours i32) (local $end_of_row i32) (local $next_row i32)
    (local $first i32) (local $second i32) (local $third i32) (local $fourth i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32)
    (local $four v128) (local $p v128) (local $q v128) (local $r v128) (local $s v128)
    (local $one f32) (local $e f32) (local $f f32) (local $g f32) (local $h f32)
    (local.set $pixel (i32.shl (local.get $channels) (i32.const 2)))
    (local.set $segment (i32.mul (local.get $columns) (local.get $pixel))) ;; of an image's row under a filter
    (local.set $next_row (i32.mul (local.get $pixel) (i32.sub (local.get $width) (i32.const 1)))) ;; from its end
    (local.set $line (i32.add (local.get $segment) (local.get $next_row)))
    (local.set $map (i32.shl (local.get $count) (i32.const 2)))
    (local.set $end (i32.add (local.get $maps) (i32.mul (local.get $map)
      (i32.mul (local.get $images) (i32.mul (local.get $height) (local.get $width))))))
    (global.set $place (local.get $image))
    (global.set $x (i32.const 0))
    (global.set $y (i32.const 0))
    (global.set $width (local.get $width))
    (global.set $height (local.get $height))
    (global.set $to_next_pixel (local.get $pixel))
    (global.set $to_next_row (i32.sub (local.get $segment) (local.get $pixel)))
    (global.set $to_next_image (i32.mul (local.get $line) (i32.sub (local.get $rows) (i32.const 1))))
    (loop $next_places
      (local.set $first (call $move))
      (local.set $second (call $move))
      (local.set $third (call $move))
      (local.set $fourth (call $move))
      (local.set $weight (local.get $filters))
      (local.set $bias (local.get $biases))
      (local.set $end_of_place (i32.add (local.get $maps) (local.get $map)))
      (loop $next_filter
        (local.set $a (i32.sub (local.get $first) (local.get $weight))) ;; a pixel's distance from its weight
        (local.set $b (i32.sub (local.get $second) (local.get $weight)))
        (local.set $c (i32.sub (local.get $third) (local.get $weight)))
        (local.set $d (i32.sub (local.get $fourth) (local.get $weight)))
        (local.set $p (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $p))
        (local.set $r (local.get $p))
        (local.set $s (local.get $p))
        (local.set $e (f32.const 0))
        (local.set $f (f32.const 0))
        (local.set $g (f32.const 0))
        (local.set $h (f32.const 0))
        (local.set $row (local.get $rows))
        (loop $next_row_of_filter
          (local.set $end_of_fours (i32.add (local.get $weight) (i32.and (local.get $segment) (i32.const -16))))
          (local.set $end_of_row (i32.add (local.get $weight) (local.get $segment)))
          (block $no_more_fours
            (br_if $no_more_fours (i32.eq (local.get $weight) (local.get $end_of_fours)))
            (loop $next_four
              (local.set $four (v128.load (local.get $weight)))
              (local.set $p (f32x4.add (local.get $p)
                (f32x4.mul (local.get $four) (v128.load (i32.add (local.get $weight) (local.get $a))))))
              (local.set $q (f32x4.add (local.get $q)
                (f32x4.mul (local.get $four) (v128.load (i32.add (local.get $weight) (local.get $b))))))
              (local.set $r (f32x4.add (local.get $r)
                (f32x4.mul (local.get $four) (v128.load (i32.add (local.get $weight) (local.get $c))))))
              (local.set $s (f32x4.add (local.get $s)
                (f32x4.mul (local.get $four) (v128.load (i32.add (local.get $weight) (local.get $d))))))
              (br_if $next_four
                (i32.lt_u (local.tee $weight (i32.add (local.get $weight) (i32.const 16))) (local.get $end_of_fours)))))
          (block $no_more
            (loop $next_one
              (br_if $no_more (i32.eq (local.get $weight) (local.get $end_of_row)))
              (local.set $one (f32.load (local.get $weight)))
              (local.set $e (f32.add (local.get $e)
                (f32.mul (local.get $one) (f32.load (i32.add (local.get $weight) (local.get $a))))))
              (local.set $f (f32.add (local.get $f)
                (f32.mul (local.get $one) (f32.load (i32.add (local.get $weight) (local.get $b))))))
              (local.set $g (f32.add (local.get $g)
                (f32.mul (local.get $one) (f32.load (i32.add (local.get $weight) (local.get $c))))))
              (local.set $h (f32.add (local.get $h)
                (f32.mul (local.get $one) (f32.load (i32.add (local.get $weight) (local.get $d))))))
              (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
              (br $next_one)))
          (local.set $a (i32.add (local.get $a) (local.get $next_row)))
          (local.set $b (i32.add (local.get $b) (local.get $next_row)))
          (local.set $c (i32.add (local.get $c) (local.get $next_row)))
          (local.set $d (i32.add (local.get $d) (local.get $next_row)))
          (br_if $next_row_of_filter (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
        (local.set $one (f32.load (local.get $bias)))
        (f32.store (local.get $maps)
          (f32.max (local.get $least) (call $total (local.get $p) (f32.add (local.get $e) (local.get $one)))))
        (f32.store (local.tee $a (i32.add (local.get $maps) (local.get $map)))
          (f32.max (local.get $least) (call $total (local.get $q) (f32.add (local.get $f) (local.get $one)))))
        (f32.store (local.tee $a (i32.add (local.get $a) (local.get $map)))
          (f32.max (local.get $least) (call $total (local.get $r) (f32.add (local.get $g) (local.get $one)))))
        (f32.store (i32.add (local.get $a) (local.get $map))
          (f32.max (local.get $least) (call $total (local.get $s) (f32.add (local.get $h) (local.get $one)))))
        (local.set $bias (i32.add (local.get $bias) (i32.const 4)))
        (br_if $next_filter
          (i32.lt_u (local.tee $maps (i32.add (local.get $maps) (i32.const 4))) (local.get $end_of_place))))
      (local.set $maps (i32.add (local.get $end_of_place) (i32.mul (local.get $map) (i32.const 3))))
      (br_if $next_places (i32.lt_u (local.get $maps) (local.get $end))))))
