"""The text of the model card and of the card of an added network; card.py fills in the figures."""

TEMPLATE = """# Model card

An ensemble of two convolutional networks that recognises one handwritten digit or rejects what is no digit. This file
is written by `mnist-helpers card` from measurements.

| file | what | bytes | SHA-256 |
|---|---|---|---|
{files}

- **Input**: digit images (n, 28, 28, 1) of floats in [0, 1], white on black, as in MNIST; `rasterise` makes them.
- **Output**: the probabilities (n, 10) of the ten digits; 1 minus their sum is the probability of the no-digit class.
- **Use**: digits drawn with a mouse, a pen or a finger, and learning how that is done. The network knows single digits
  only. The page and `mnist-helpers read` also read numbers and pictures: they cut them into digits for the network.
- **Not for** cheques, forms or post: it was not trained on numbers, photos or text.

## Training

{training}

Data: the 60,000 training images of MNIST (CC BY-SA 3.0), distorted anew in every epoch, with variants that people draw
and MNIST lacks (a flag and a foot on the 1, a bar on the 7, a slash through the 0), digits from stroke templates, and
negatives from stroke templates and pieces of digits. No drawing of a person was trained on. `make train` trains it
again; `notebooks/02_train.ipynb` shows how. On another number of cores or another processor, which round differently,
the network is another one, and its accuracy differs a little.

## Accuracy

{mnist}

{drawings}

## Calibration

{calibration}

## Other formats

{export}

## For comparison

The page offers two small networks for comparison ("More", "Networks"). `mnist-helpers train-small` trains them, and
`mnist-helpers card --model=NAME --drawings FILE --negatives FILE` measures one.

{beside}

## Limits

- A 1 with a long flag may be read as a 7, a 7 with a foot as a 2, a narrow 8 as a 0: people disagree about those too.
- Letters that look like digits (O, l, S, Z, g) are read as digits.
- It was trained and measured on Latin digits only, written with a pen on paper or a tablet in a few countries.
- The threshold was chosen on the drawings that also measure it, so the shares of answers and rejections on them are a
  little too good.

## Licence

MIT, as the rest of the project; the training data is MNIST (Yann LeCun, Corinna Cortes, Christopher J. C. Burges),
CC BY-SA 3.0.
"""
ADOPTED = """# Model card of {name}

A network that was added by `mnist-helpers add` from {source}. The original {found}; here it is adapted to
the input and output of the project's own networks.

| file | what | bytes | SHA-256 |
|---|---|---|---|
{files}

- **Input**: digit images (n, 28, 28, 1) of floats in [0, 1], white on black, as in MNIST; `rasterise` makes them.
- **Output**: the probabilities (n, 10) of the ten digits. {no_digit}

## Accuracy

{mnist}

{drawings}

## Calibration

{calibration}
"""
