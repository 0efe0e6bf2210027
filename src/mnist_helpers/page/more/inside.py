"""The section "Inside": the feature maps of each layer for the selected digit, and where it lies among MNIST's digits.

A radio button for each map is sent once. The images on them come as a style sheet, so that a button keeps the focus
while the images change.
"""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mnist_helpers.page.controls import box, is_index
from mnist_helpers.page.more.findings_html import landscape_html, probabilities_html, where_html
from mnist_helpers.page.more.layers_html import layers_html, maps_css
from mnist_helpers.page.more.lens_html import ChosenMap, lens_html
from mnist_helpers.page.shared_style import HTML
from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.explain import activation_occlusion_map
from mnist_helpers.recognition.inference.landscape import Landscape, find_landscape
from mnist_helpers.recognition.inference.layers import Inside
from mnist_helpers.recognition.model_metadata import ModelError
from mnist_helpers.recognition.number import Reading
from mnist_helpers.recognition.recogniser import Recogniser

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard


class InsideView:
    """The layers of the network that reads, their maps, and which ink activates the chosen map."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        self._recogniser: Recogniser | None = None
        self._inside: Inside | None = None
        self._landscape: Landscape | None = None
        self._digit: DigitImage | None = None
        self._chosen: tuple[int, int] | None = None
        self._lens, self._layers, self._pictures, self._plane = (HTML() for _ in range(4))
        self.widget = box("digits-inside", box("inside-look", self._lens, self._layers), self._plane, self._pictures)
        self._scope = f"inside-{self.widget.model_id}"
        self.widget.add_class(self._scope)
        dashboard.requests.add("map", self._on_chosen)

    def show(self, reading: Reading, digit: DigitImage) -> None:
        """Show the maps for a digit image, or none for a blank one."""
        if self._dashboard.reader and self._dashboard.reader.recogniser is not self._recogniser:
            self._load(self._dashboard.reader.recogniser)
        self._digit = digit if digit.any() else None
        if self._inside:
            self._pictures.value = self._pictures_html(self._inside)
            self._show_lens(self._inside)

    def _load(self, recogniser: Recogniser) -> None:
        """Find the layers of a network; show the reason if there are none."""
        self._recogniser, self._inside, self._chosen = recogniser, None, None
        for each in (self._layers, self._plane, self._pictures):
            each.value = ""
        try:
            inside = Inside(recogniser.network_file)
        except ModelError as error:
            self._lens.value = lens_html(str(error))
            return
        self._inside, self._landscape = inside, find_landscape(recogniser.network_file)
        (*blank,) = inside.maps(np.zeros((1, 28, 28), np.float32))
        self._layers.value = layers_html(inside.layers, [each.shape[1:] for each in blank], self._scope)
        self._plane.value = landscape_html(self._landscape)

    def _pictures_html(self, inside: Inside) -> str:
        if self._digit is None:
            return ""
        digits = self._digit[np.newaxis]
        maps = [each[0] for each in inside.maps(digits)]
        place = self._landscape.places(inside.features(digits))[0] if self._landscape else None
        where = "" if self._landscape is None or place is None else where_html(*self._landscape.nearest(place))
        said = probabilities_html(inside.probabilities(self._digit))
        return f"<style>{maps_css(maps, place, self._scope)}</style>{where}{said}"

    def _on_chosen(self, asked: object) -> None:
        with self._dashboard.message.guarded():
            if self._inside and (chosen := _valid(asked, self._inside)):
                self._chosen = chosen
                self._show_lens(self._inside)

    def _show_lens(self, inside: Inside) -> None:
        if self._digit is None or self._chosen is None:
            todo = "Draw a digit." if self._digit is None else "Touch a map."
            self._lens.value = lens_html(todo, self._digit)
            return
        index, number = self._chosen
        layer = inside.layers[index]
        (maps,) = inside.maps(self._digit[np.newaxis], [layer])
        ink = activation_occlusion_map(partial(inside.activation, layer, number), self._digit, is_score=layer.is_dense)
        chosen = ChosenMap(index=index, number=number, layer=layer, maps=maps[0], ink=ink)
        self._lens.value = lens_html("", self._digit, chosen, scope=self._scope)


def _valid(asked: object, inside: Inside) -> tuple[int, int] | None:
    """Indices of a layer and of one of its maps, if the request holds such."""
    match asked:
        case [index, number] if is_index(index, len(inside.layers)):
            return (index, number) if is_index(number, inside.layers[index].count) else None
    return None
