"""Gradio's Sketchpad with the page's network: a naive resize of the canvas to 28 x 28, as Gradio's own examples do."""

import sys

import gradio
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

NETWORK = Interpreter(model_path="../models/digits.tflite", num_threads=1)
NETWORK.allocate_tensors()


def recognise(sketch: dict) -> dict[str, float]:
    """The ten probabilities of what is on the pad."""
    alpha = Image.fromarray(sketch["composite"]).getchannel("A")
    digit = np.asarray(alpha.resize((28, 28)), np.float32) / 255
    NETWORK.set_tensor(NETWORK.get_input_details()[0]["index"], digit[np.newaxis, ..., np.newaxis])
    NETWORK.invoke()
    probabilities = NETWORK.get_tensor(NETWORK.get_output_details()[0]["index"])[0]
    return {str(label): float(probability) for label, probability in enumerate(probabilities)}


if __name__ == "__main__":
    pad = gradio.Sketchpad(canvas_size=(560, 560), layers=False)
    gradio.Interface(recognise, pad, gradio.Label(num_top_classes=10), live=True).launch(
        server_name="127.0.0.1", server_port=int(sys.argv[1].removeprefix("--port="))
    )
