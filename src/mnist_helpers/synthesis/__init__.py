"""Make training images: distorted digits, shapes that MNIST lacks, and negatives."""
