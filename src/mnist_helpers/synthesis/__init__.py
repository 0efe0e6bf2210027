"""Make training images of what people draw and MNIST lacks."""
