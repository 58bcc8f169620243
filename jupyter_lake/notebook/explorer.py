"""An explorer of repos, commits and files, wherever ipywidgets run.

For places without JupyterLab's panel: VS Code, Colab, Notebook, Voila.
Choosing on the left fills what stands to the right of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_lake.access import quiet
from jupyter_lake.addresses import Address, Ref
from jupyter_lake.errors import LakeError
from jupyter_lake.notebook.previews import preview_html
from jupyter_lake.verbs.cells import moment, quantity, size

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Repo
    from jupyter_lake.verbs import Workspace

__all__ = ["Explorer"]

COMMITS = 200
UP = ".."


class Explorer:
    """The widgets and what they stand at: a repo, a commit, a path."""

    def __init__(self, workspace: Workspace, start: Address | None = None) -> None:
        import ipywidgets as widgets

        self._workspace = workspace
        self._filling = False
        layout = widgets.Layout
        self.repos = widgets.Dropdown(description="Repo", layout=layout(width="22em"))
        self.refs = widgets.Dropdown(description="Branch or tag", layout=layout(width="22em"))
        self.commits = widgets.Select(layout=layout(width="100%", height="10em"))
        self.files = widgets.Select(layout=layout(width="100%", height="14em"))
        self.address = widgets.Text(description="Address", layout=layout(width="100%"))
        self.preview = widgets.HTML(layout=layout(width="100%", overflow="auto"))
        for each in (self.refs, self.address):
            each.style.description_width = "initial"
        self._path = ""
        self._fill_repos(start)
        for widget, chosen in (
            (self.repos, self._repo_chosen),
            (self.refs, self._ref_chosen),
            (self.commits, self._commit_chosen),
            (self.files, self._file_chosen),
        ):
            widget.observe(self._guarded(chosen), names="value")

    @property
    def widget(self) -> Any:
        """All of it as one widget."""
        import ipywidgets as widgets

        left = widgets.VBox(
            [self._label("Commits"), self.commits, self._label("Files"), self.files],
            layout=widgets.Layout(width="38%", min_width="16em"),
        )
        right = widgets.VBox(
            [self.address, self.preview], layout=widgets.Layout(width="62%", padding="0 0 0 12px")
        )
        head = widgets.HBox([self.repos, self.refs])
        return widgets.VBox([head, widgets.HBox([left, right])])

    def to_dict(self) -> dict[str, object]:
        """Return where the explorer stands."""
        return {"address": self.address.value}

    def __repr__(self) -> str:
        return f"Explorer at {self.address.value or self._workspace.lake.url}"

    def _repr_mimebundle_(self, **options: object) -> Mapping[str, object]:
        return self.widget._repr_mimebundle_(**options)  # type: ignore[no-any-return]

    # -- what was chosen -----------------------------------------------------------

    def _repo_chosen(self) -> None:
        self._fill_refs(None)

    def _ref_chosen(self) -> None:
        self._fill_commits(self.refs.value)

    def _commit_chosen(self) -> None:
        self._open(self._path)

    def _file_chosen(self) -> None:
        chosen = self.files.value
        if chosen == UP:
            self._open(self._path.rpartition("/")[0])
        elif chosen and chosen.endswith("/"):
            self._open(chosen.rstrip("/"))
        elif chosen:
            self._show(chosen)

    # -- what follows from it ------------------------------------------------------

    def _fill_repos(self, start: Address | None) -> None:
        names = [repo.name for repo in self._workspace.lake.repos()]
        self.repos.options = names
        if not names:
            hint = self._workspace.command("create NAME")
            self.preview.value = f"No repo yet. Make one: <code>{hint}</code>"
            return
        self.repos.value = self._workspace.lake.repo(start.repo).name if start else names[0]
        self._path = start.path if start else ""
        self._fill_refs(start.ref if start else None)

    def _fill_refs(self, ref: Ref | None) -> None:
        repo = self._repo
        names = [branch.name for branch in repo.branches()] + [tag.name for tag in repo.tags()]
        if ref is not None and str(ref) not in names:
            names.insert(0, str(ref))
        self.refs.options = names
        if names:
            self.refs.value = str(ref) if ref else _first_of(names, repo.default_branch)
        self._fill_commits(self.refs.value)

    def _fill_commits(self, ref: str | None) -> None:
        if ref is None:
            self.commits.options, self.files.options = [], []
            self.preview.value = "No commit yet."
            return
        found = self._repo.log(ref, limit=COMMITS)
        self.commits.options = [(_commit_label(commit), commit.id) for commit in found]
        self.commits.value = found[0].id
        self._open(self._path)

    def _open(self, path: str) -> None:
        commit = self._commit
        shown = path
        try:
            items = commit.ls(path)
        except LakeError:
            path, shown, items = "", "", commit.ls("")
        if path and [item.path for item in items] == [path]:  # a file: open the folder it is in
            path = path.rpartition("/")[0]
            items = commit.ls(path)
        self._path = path
        above = [("↑ ..", UP)] if path else []
        self.files.options = above + [_item_label(item) for item in items]
        self.files.value = None
        self._show(shown)

    def _show(self, path: str) -> None:
        """Show what lies at a path: rows of a table, a text, a picture."""
        commit = self._commit
        self.address.value = str(Address(commit.repo.name, Ref(commit.short), path))
        self.preview.value = preview_html(commit, path)

    # -- small things --------------------------------------------------------------

    @property
    def _repo(self) -> Repo:
        return self._workspace.lake.repo(self.repos.value)

    @property
    def _commit(self) -> Commit:
        return self._repo.commit(self.commits.value)

    def _guarded(self, chosen: Callable[[], None]) -> Callable[[object], None]:
        """Have a choice followed once, with errors told where the preview stands."""

        def follow(_: object) -> None:
            if self._filling:
                return
            self._filling = True
            try:
                with quiet():
                    chosen()
            except LakeError as error:
                self.preview.value = "<br>".join(error.lines())
            finally:
                self._filling = False

        return follow

    @staticmethod
    def _label(text: str) -> Any:
        import ipywidgets as widgets

        return widgets.Label(text)


def _first_of(names: list[str], wanted: str) -> str:
    return wanted if wanted in names else names[0]


def _commit_label(commit: Commit) -> str:
    subject = commit.message.partition("\n")[0]
    return f"{commit.short}  {subject}  · {commit.author}, {moment(commit.time).text}"


def _item_label(item: object) -> tuple[str, str]:
    """Return what a list shows of a file or folder, and the path behind it."""
    from jupyter_lake.store import Entry, Folder

    if isinstance(item, Folder):
        path = item.path.rstrip("/")
        return f"▸ {path.rpartition('/')[2]}/   {quantity(item.files, 'file')}", f"{path}/"
    assert isinstance(item, Entry)
    rows = "" if item.rows is None else f"   {quantity(item.rows, 'row')}"
    return f"{item.path.rpartition('/')[2]}{rows}   {size(item.size).text}", item.path
