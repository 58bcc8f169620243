"""Names whose meaning is known: calls that run nothing, magics that run code, and their like."""

from __future__ import annotations

__all__ = [
    "CODE_CALLS",
    "CODE_MAGICS",
    "DRAWS",
    "FETCHES",
    "FILE_WRITERS",
    "FOREIGN_MAGICS",
    "FRESH_METHODS",
    "ITERATING_CALLS",
    "LAZY_CALLS",
    "LOGS",
    "LOOKING_CALLS",
    "NAMESPACE_CALLS",
    "NEVER_CALL",
    "PART_FUNCTIONS",
    "PLAIN_ATTRIBUTES",
    "PLOT_STARTERS",
    "QUIET_CALLS",
    "RANDOM_MODULES",
    "READING_FUNCTIONS",
    "RUNS_AT_ONCE",
    "RUN_COMMANDS",
    "RUN_MAGICS",
    "SEEDERS",
    "SHELL_CALLS",
    "SHELL_READERS",
    "SQL_CALLS",
    "VIEW_METHODS",
    "WRITING_FUNCTIONS",
    "wordset",
]


def wordset(text: str) -> frozenset[str]:
    """Return the words of a text as a set of names."""
    return frozenset(text.split())


LAZY_CALLS = wordset(
    "defaultdict partial partialmethod map filter zip enumerate reversed iter starmap accumulate "
    "takewhile dropwhile filterfalse islice chain cycle count_values field delayed"
)
"""They keep what they are given and run it later."""

NEVER_CALL = wordset(
    "id type callable isinstance issubclass hasattr help dir getsource getfile signature ref "
    "WeakSet register append add setdefault update_wrapper wraps Field"
)
"""They never call the functions they are given."""

ITERATING_CALLS = wordset(
    "list tuple set frozenset dict sorted sum min max any all zip enumerate reversed Counter"
)
"""They walk over what they are given, and call nothing they find there."""

LOOKING_CALLS = wordset("print len repr str bool format display pprint")
"""They look at what they are given, and call no function they find there."""

QUIET_CALLS = wordset(
    "print len range min max sum abs round sorted list tuple dict set frozenset str int float "
    "bool zip enumerate map filter reversed isinstance issubclass type id repr format hash "
    "any all DataFrame Series array arange zeros ones full linspace display get keys values "
    "items"
)
"""They change no variable of the notebook."""

RUNS_AT_ONCE = frozenset(("interact", "interact_manual"))
"""Decorators that call what they decorate."""

CODE_CALLS = frozenset(("eval", "exec", "ev", "ex", "run_cell", "run_cell_async", "timeit"))
SQL_CALLS = wordset(
    "query query_df execute executemany executescript from_query sqldf read_database "
    "read_database_uri sql_query"
)
FETCHES = wordset(
    "fetchone fetchall fetchmany fetchdf fetchnumpy fetch_df fetch_df_chunk fetch_arrow_table "
    "fetch_record_batch df pl arrow torch tf"
)
"""Methods of a connection or cursor that give what its last statement found."""

SHELL_CALLS = frozenset(("system", "getoutput", "getoutput_split", "getstatusoutput"))
RUN_COMMANDS = wordset(
    "system popen Popen check_call check_output getoutput getstatusoutput execvp"
)
SEEDERS = frozenset(("seed", "set_state", "setstate", "manual_seed"))
DRAWS = wordset(
    "rand randn random normal choice choices shuffle randint randrange sample uniform "
    "permutation random_sample gauss standard_normal poisson binomial exponential beta gamma"
)
"""Functions of modules with a random state of their own."""

LOGS = wordset("getLogger debug info warning error critical exception log basicConfig root")
RANDOM_MODULES = frozenset(("random", "numpy", "numpy.random", "torch"))
SHELL_READERS = wordset(
    "cat head tail wc less more grep ls file md5sum sha256sum diff cmp du stat echo find"
)
"""Commands that only read the files they are given."""

NAMESPACE_CALLS = frozenset(("globals", "locals", "vars"))
FILE_WRITERS = wordset(
    "dump save savez savez_compressed savetxt savefig write_bytes write_text tofile"
)
"""Calls whose string arguments may name a file that they write (with ``to_*``, ``write_*``)."""

CODE_MAGICS = wordset(
    "time timeit prun lprun mprun memit capture debug pyinstrument scalene snakeviz heat mypy "
    "typecheck wait_for viztracer px autopx"
)
"""Magics that run the rest of their line, or their cell, in the notebook's namespace."""

RUN_MAGICS = wordset(
    "bash sh script ruby perl python python2 python3 pypy cmd powershell sx system"
)
"""Magics that run their text in a process of its own."""

RUNS_TEXT = wordset(
    "run_cell run_cell_async ex ev exec eval compile run_line_magic run_cell_magic user_ns "
    "user_global_ns push globals locals vars safe_execfile transform_cell get_ipython sql execute "
    "query system getoutput format format_map var_expand"
)
"""Names by which a magic of the user's may run its text, or look up the names in it."""

FOREIGN_MAGICS = wordset(
    "bash sh script system ruby perl html HTML javascript js latex markdown svg writefile "
    "file python python2 python3 pypy cmd powershell pip conda mamba uv micromamba cd pwd ls "
    "ll man matplotlib load_ext reload_ext unload_ext config env set_env alias unalias "
    "autoreload aimport autocall colors logstart logstop page pdb pylab quickref xmode "
    "history hist who who_ls whos rehashx notebook bookmark dhist dirs pushd popd tb "
    "doctest_mode lsmagic precision gui automagic killbgscripts recall rerun save edit "
    "code_wrap psource pfile cython julia"
)
"""Magics whose text holds no names of the notebook's but those IPython expands itself."""

PLOT_STARTERS = wordset(
    "subplots figure subplot_mosaic style rcParams rc cm colormaps get_cmap rc_context "
    "switch_backend ioff ion isinteractive is_interactive get_backend rcdefaults"
)
"""Attributes of pyplot that do not look at the current figure."""

FRESH_METHODS = wordset(
    "sum mean std var min max median prod any all argmin argmax argsort cumsum cumprod dot "
    "trace nonzero astype tolist tobytes item round clip conj copy_to nunique unique describe "
    "count head_values corr cov quantile mode rank diff pct_change shift abs add sub mul div "
    "pow ne eq lt gt le ge isna notna isnull notnull value_counts memory_usage equals info "
    "to_csv to_parquet to_json to_dict to_list to_string to_markdown to_html keys index "
    "startswith endswith join format upper lower strip split encode decode isin between "
    "estimated_size n_unique null_count write_csv write_parquet searchsorted ptp choose "
    "compress __len__ __contains__ issubset issuperset union intersection difference flatten "
    "repeat to_numpy_copy sample_std"
)
"""Methods that change nothing and give something new."""

VIEW_METHODS = wordset(
    "get items values copy reshape ravel view transpose swapaxes squeeze diagonal head tail "
    "iterrows itertuples groupby to_numpy to_arrow to_pandas to_frame select filter lazy "
    "iter_rows get_column most_common elements rolling expanding resample assign merge "
    "sort_values sort_index drop dropna rename set_index pipe_none melt pivot pivot_table "
    "stack unstack explode nlargest nsmallest sample drop_duplicates with_columns group_by "
    "agg"
)
"""Methods that change nothing (unless told ``inplace``) and may give parts of the object."""

PLAIN_ATTRIBUTES = wordset(
    "shape dtype size nbytes ndim itemsize strides dtypes empty name names height width "
    "schema columns index nrows itemsize flags str dt"
)
"""Attributes that hold no part of an object's content that could be written."""

READING_FUNCTIONS = wordset(
    "len sum min max abs any all sorted print repr str int float bool isinstance type id hash "
    "round format range display hasattr callable issubclass pprint"
)
"""Functions that change no argument and hand none back."""

PART_FUNCTIONS = wordset("list tuple set dict zip enumerate reversed iter next")
"""Functions that change no argument's content and hand parts of it back."""

WRITING_FUNCTIONS = wordset(
    "copyto put place putmask fill_diagonal put_along_axis shuffle frombuffer nditer "
    "set_printoptions apply_along_axis apply_over_axes vectorize frompyfunc fromfunction "
    "memmap ndarray"
)
"""Functions of numpy, pandas and polars that may write to an argument, or run one."""
