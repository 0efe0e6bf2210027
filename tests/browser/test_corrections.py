"""A tile that is tapped says what was meant: at once, on the next visit, until it is taken back or deleted."""

from pathlib import Path

from mnist_helpers.preprocessing.drawings_file import number_labels, read_drawings

from .conftest import Visit
from .hand import SEVEN, THREE
from .test_accessible import violations
from .visitor import Visitor

LIKE_SEVEN = (((240, 215), (420, 200), (575, 210), (490, 400), (405, 640)),)
KEPT = "() => (localStorage.getItem('mnist-helpers drawings 1') ?? '').split('\\n').filter(Boolean).length"
FORBIDDEN = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


def tile(visitor: Visitor, digit: int):
    return visitor.page.get_by_role("button", name=f"I meant a {digit}")


def says(visitor: Visitor, answer: str, words: str) -> None:
    visitor.wait_until(
        "([answer, words]) => document.querySelector('[data-answer]').dataset.answer === answer"
        " && document.querySelector('.answer-words').innerText.includes(words)",
        [answer, words],
    )


def keeps(visitor: Visitor, count: int) -> None:
    visitor.wait_until(f"count => ({KEPT})() === count", count)


def test_a_tapped_digit_is_read_so_at_once_and_on_the_next_visit_until_it_is_deleted(
    visit: Visit, tmp_path: Path
) -> None:
    visitor = visit()
    visitor.draw(SEVEN)
    assert visitor.answer == "7" and visitor.page.evaluate(KEPT) == 0
    tile(visitor, 1).click()
    says(visitor, "1", "as you told me")
    says(visitor, "1", "Thank you")
    keeps(visitor, 1)
    assert visitor.page.evaluate("document.activeElement.dataset.digit") == "1"
    visitor.clear()
    visitor.draw(LIKE_SEVEN)
    says(visitor, "1", "as you told me")
    visitor.page.reload()
    visitor.wait_until_ready()
    visitor.draw(SEVEN)
    says(visitor, "1", "as you told me")
    for name in ("More", "Your drawings"):
        visitor.button(name).click()
    visitor.page.locator(".digits-drawings li").wait_for()
    assert violations(visitor) == []
    with visitor.page.expect_download() as download:
        visitor.page.get_by_text("Save my drawings").click()
    download.value.save_as(tmp_path / "mine.jsonl")
    saved = read_drawings(tmp_path / "mine.jsonl")
    assert number_labels(saved) == ["1"] and [list(map(list, saved[0].drawing[0]))] == visitor.drawing
    visitor.button("Delete this 1").click()
    says(visitor, "7", "Deleted")
    keeps(visitor, 0)
    visitor.page.get_by_text("Nothing yet").wait_for()


def test_a_number_key_says_it_too_and_undo_takes_it_back(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    desktop.page.locator(".digits-tools select").focus()
    desktop.page.keyboard.press("1")
    desktop.canvas.focus()
    desktop.page.keyboard.press("4")
    says(desktop, "4", "as you told me")
    keeps(desktop, 1)
    desktop.page.keyboard.press("u")
    says(desktop, "7", "Taken back")
    keeps(desktop, 0)
    assert len(desktop.drawing) == 1
    desktop.page.keyboard.press("u")
    desktop.wait_until("document.querySelector('[data-answer]').dataset.answer === ''")


def test_on_a_phone_a_finger_corrects_and_an_empty_pad_asks_for_ink(phone: Visitor) -> None:
    tile(phone, 3).tap()
    says(phone, "", "Draw a digit first")
    phone.draw(THREE, touch=True)
    tile(phone, 8).tap()
    says(phone, "8", "as you told me")
    keeps(phone, 1)
    phone.button("Undo").tap()
    says(phone, "3", "Taken back")
    keeps(phone, 0)


def test_where_the_browser_keeps_nothing_it_is_said_and_works_until_the_end(visit: Visit) -> None:
    visitor = visit(init_script=FORBIDDEN)
    visitor.draw(SEVEN)
    tile(visitor, 1).click()
    says(visitor, "1", "keeps nothing")
    visitor.clear()
    visitor.draw(LIKE_SEVEN)
    says(visitor, "1", "as you told me")


def test_many_kept_drawings_come_in_messages_that_a_server_takes(visit: Visit) -> None:
    points = ",".join(f"[{300 + at},{200 + at}]" for at in range(150))
    lines = [f'{{"w":"me","l":"5","s":[[{points},[{at},700]]],"set":"page"}}' for at in range(60)]
    store = f"localStorage.setItem('mnist-helpers drawings 1', {lines!r}.join('\\n'))"
    visitor = visit(init_script=store)
    for name in ("More", "Your drawings"):
        visitor.button(name).click()
    visitor.page.get_by_text("60 drawings.").wait_for()
    assert max(map(len, visitor.sent)) < 64_000 and visitor.page.evaluate(KEPT) == 60
