"""In place of JupyterLite's kernel, with the names that its JavaScript uses: run cells and pass messages on.

JupyterLite's own kernel needs IPython, which would be a third of all that a visitor loads.
"""

import traceback
from types import SimpleNamespace

import comm
from comm.base_comm import BaseComm
from IPython.display import display, publisher
from pyodide.code import eval_code_async

interpreter = SimpleNamespace(display_pub=publisher, displayhook=SimpleNamespace())
stdout_stream, stderr_stream = SimpleNamespace(), SimpleNamespace()  # printed text goes to the browser's console


class Comm(BaseComm):
    """The connection between a widget and the page."""

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys) -> None:
        content = {"data": data or {}, "comm_id": self.comm_id, **keys}
        interpreter.send_comm(msg_type, content, metadata or {}, self.topic, [bytes(each) for each in buffers or ()])


comm.create_comm = Comm


class Kernel:
    """Runs cells in one namespace."""

    def __init__(self) -> None:
        self.interpreter = interpreter
        self.comm_manager = comm.get_comm_manager()
        self.before_first_cell = lambda: None
        self.after_cell = lambda value: None
        self._names = {"__name__": "__main__"}

    def comm_info(self, target_name: str = "") -> dict[str, dict[str, str]]:
        """All comms, or those with this target."""
        comms = self.comm_manager.comms.items()
        return {key: {"target_name": each.target_name} for key, each in comms if target_name in ("", each.target_name)}

    async def run(self, code: str) -> dict[str, object]:
        """Run a cell and show the value of its last line."""
        begin, self.before_first_cell = self.before_first_cell, lambda: None
        try:
            begin()
            value = await eval_code_async(code, self._names)
            if value is not None:
                display(value)
            self.after_cell(value)
        except Exception as error:
            lines = traceback.format_exception(error)
            return {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": lines}
        return {"status": "ok", "payload": []}


kernel_instance = Kernel()
