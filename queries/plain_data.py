"""Dataclasses that cost next to nothing until the first object is made.

The decorator of the standard library compiles seven functions for each class while its module
is loaded, which takes longer than loading the rest of the module. This one makes the
constructor when it is first called, and shares the other methods between all classes. To type
checkers, and to the functions of :mod:`dataclasses`, the classes are ordinary dataclasses.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what typing has under this name; importing that takes longer

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
else:
    from operator import attrgetter

    _MISSING = object()
    _FIELDS = "_plain_fields"

    class _Field:
        """What is said about one field."""

        __slots__ = ("compare", "default", "factory", "kind", "kw_only", "metadata", "repr")

        def __init__(self, default, factory, repr, compare, kw_only, metadata):  # noqa: A002
            self.default, self.factory, self.metadata = default, factory, metadata
            self.repr, self.compare, self.kw_only = repr, compare, kw_only
            self.kind = ""

    def field(
        *,
        default=_MISSING,
        default_factory=_MISSING,
        repr=True,  # noqa: A002
        compare=True,
        kw_only=False,
        metadata=None,
    ):
        """As :func:`dataclasses.field`."""
        return _Field(default, default_factory, repr, compare, kw_only, metadata)

    def replace(record, /, **changes):
        """As :func:`dataclasses.replace`."""
        cls = type(record)
        if not hasattr(cls, _FIELDS):
            from dataclasses import replace as standard

            return standard(record, **changes)
        for name in getattr(cls, _FIELDS):
            if name not in changes:
                changes[name] = getattr(record, name)
        return cls(**changes)

    def dataclass(*, slots, frozen=False, eq=True, unsafe_hash=False):
        """As :func:`dataclasses.dataclass`; the class has slots."""
        if not slots:
            raise TypeError("only for classes with slots")
        return lambda cls: _made(cls, frozen, eq, unsafe_hash)

    class _StandardFields:
        """Gives the fields as the functions of :mod:`dataclasses` want them, when one asks."""

        __slots__ = ("_known",)

        def __init__(self):
            self._known = {}

        def __get__(self, _, owner):
            found = self._known.get(owner)
            if found is None:
                found = self._known[owner] = _standard(owner).__dataclass_fields__
            return found

    def _standard(cls):
        """The same class as the standard library would make it, but for its methods."""
        import dataclasses

        told = []
        for name, one in getattr(cls, _FIELDS).items():
            options = {"repr": one.repr, "compare": one.compare, "kw_only": one.kw_only}
            options["metadata"] = one.metadata
            if one.factory is not _MISSING:
                options["default_factory"] = one.factory
            elif one.default is not _MISSING:
                options["default"] = one.default
            told.append((name, one.kind, dataclasses.field(**options)))
        return dataclasses.make_dataclass(cls.__name__, told)

    def _made(cls, frozen, eq, unsafe_hash):
        inherited, own = {}, {}
        for base in reversed(cls.__mro__[1:]):
            inherited.update(getattr(base, _FIELDS, {}))
        namespace = dict(cls.__dict__)
        for name, kind in namespace.get("__annotations__", {}).items():
            if not kind.startswith("ClassVar["):
                own[name] = _field_of(namespace.pop(name, _MISSING), kind)
        fields = inherited | own
        compared = _values([name for name, one in fields.items() if one.compare])
        namespace.pop("__dict__", None)
        namespace.pop("__weakref__", None)
        namespace["__slots__"] = tuple(name for name in own if name not in inherited)
        namespace["__dataclass_fields__"] = _StandardFields()
        namespace["__match_args__"] = tuple(n for n, one in fields.items() if not one.kw_only)
        namespace[_FIELDS] = fields
        namespace.setdefault("__repr__", _repr)
        namespace.setdefault("__getstate__", _get_state)
        namespace.setdefault("__setstate__", _set_state)
        if eq:
            namespace["__eq__"] = _equality(compared)
            namespace["__hash__"] = _hashing(compared) if frozen or unsafe_hash else None
        if frozen:
            namespace["__setattr__"], namespace["__delattr__"] = _refuse_set, _refuse_delete
        made = type(cls)(cls.__name__, cls.__bases__, namespace)
        made.__qualname__ = cls.__qualname__
        made.__init__ = _first_constructor(made, fields, frozen)
        return made

    def _field_of(default, kind):
        if not isinstance(default, _Field):
            default = _Field(default, _MISSING, True, True, False, None)
        default.kind = kind
        return default

    def _first_constructor(cls, fields, frozen):
        """A constructor that makes the real one when it is called first."""

        def construct(self, *args, **kwargs):
            cls.__init__ = _constructor(cls, fields, frozen)
            cls.__init__(self, *args, **kwargs)

        return construct

    def _constructor(cls, fields, frozen):
        names = {"_MISSING": _MISSING}
        plain, keyword, body = [], [], []
        for name, one in fields.items():
            parameter, value = name, name
            if one.factory is not _MISSING:
                names[f"_factory_{name}"] = one.factory
                parameter = f"{name}=_MISSING"
                value = f"_factory_{name}() if {name} is _MISSING else {name}"
            elif one.default is not _MISSING:
                names[f"_default_{name}"] = one.default
                parameter = f"{name}=_default_{name}"
            (keyword if one.kw_only else plain).append(parameter)
            if frozen:
                names[f"_set_{name}"] = getattr(cls, name).__set__
                body.append(f" _set_{name}(self, {value})")
            else:
                body.append(f" self.{name} = {value}")
        parameters = ["self", *plain, *(["*", *keyword] if keyword else [])]
        # Made of the names of fields alone, which are those of Python's own source.
        exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(body or [" pass"]), names)  # noqa: S102
        made = names["__init__"]
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        return made

    def _values(names):
        """A function that gives the values of these fields as a tuple."""
        if not names:
            return lambda _: ()
        values = attrgetter(*names)
        return values if len(names) > 1 else lambda record: (values(record),)

    def _equality(values):
        def equals(self, other):
            if other.__class__ is self.__class__:
                return values(self) == values(other)
            return NotImplemented

        return equals

    def _hashing(values):
        def hashed(self):
            return hash(values(self))

        return hashed

    def _repr(self):
        shown = (
            f"{name}={getattr(self, name)!r}"
            for name, one in getattr(type(self), _FIELDS).items()
            if one.repr
        )
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _refuse_set(_self, name, _value):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_delete(_self, name):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _get_state(self):
        return [getattr(self, name) for name in getattr(type(self), _FIELDS)]

    def _set_state(self, state):
        for name, value in zip(getattr(type(self), _FIELDS), state, strict=True):
            object.__setattr__(self, name, value)
