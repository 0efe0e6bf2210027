"""The text of the model card, and of that of a network that was added; card.py fills in the figures."""

TEMPLATE = """# Model card

An ensemble of two convolutional networks that recognises one handwritten digit or says that there is none. Written by
`mnist-helpers card`: to change a figure, measure again.

| file | what | bytes | SHA-256 |
|---|---|---|---|
{files}

**In**: digit images (n, 28, 28, 1) of floats in [0, 1], white on black, as in MNIST; `rasterise` makes them.
**Out**: the probabilities (n, 10) of the ten digits; 1 minus their sum is the probability of the no-digit class.
**For**: digits drawn one at a time with a mouse, a pen or a finger, and for learning how that is done. Not for cheques,
forms or post: it was not trained to read whole numbers, photographs or letters.

## Training

{training}

Data: the 60,000 training images of MNIST (CC BY-SA 3.0), distorted anew in every epoch, with variants that people draw
and MNIST lacks (a flag and a foot on the 1, a bar on the 7, a slash through the 0), digits from stroke templates, and
negatives from stroke templates and pieces of digits. No drawing of a person was trained on. `make train` trains it
again; `notebooks/02_train.ipynb` tells how. Trained twice on one machine, the network came out the same; another
processor rounds otherwise, and then its accuracy may differ a little.

## Accuracy

{mnist}

{drawings}

## Calibration

{calibration}

## Other forms

{export}

## Beside it

The page lets one compare it with two small networks ("More", "Networks"), which know less of how people write; both are
kept as `mnist-helpers add` keeps any network. `mnist-helpers train-small` trains them, and `mnist-helpers card
--model=NAME --drawings FILE --negatives FILE` measures one.

{beside}

## Limits

- A 1 with a long flag may be read as a 7, a 7 with a foot as a 2, a narrow 8 as a 0: people disagree about those too.
- Letters that look like digits (O, l, S, Z, g) are read as digits; nothing in their ink says that they are none.
- It has met Latin digits only, and people who wrote with a pen on paper or a tablet, in a few countries.
- The drawings that the threshold was chosen on also measure it, so the shares of answers and rejections on them
  are a little too good.

## Licence

MIT, as the rest of the project; the training data is MNIST (Yann LeCun, Corinna Cortes, Christopher J. C. Burges),
CC BY-SA 3.0.
"""
ADOPTED = """# Model card of {name}

A network that was added by `mnist-helpers add`, from {source}. As it came, it {found}; it is kept so that
it takes and gives what the project's own networks do.

| file | what | bytes | SHA-256 |
|---|---|---|---|
{files}

**In**: digit images (n, 28, 28, 1) of floats in [0, 1], white on black, as in MNIST; `rasterise` makes them.
**Out**: the probabilities (n, 10) of the ten digits. {no_digit}

## Accuracy

{mnist}

{drawings}

## Calibration

{calibration}
"""
