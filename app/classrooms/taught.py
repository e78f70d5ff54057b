"""The class in an address, if the signed-in teacher teaches it; what belongs to somebody else does not exist."""

from __future__ import annotations

from flask import abort

from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.queries import assignment_in, classroom_taught_by, student_in
from app.core import sessions


def teacher_id() -> int:
    """Of whoever is signed in; for views that are open to teachers only."""
    who = sessions.person()
    assert who is not None
    return who.id


def own_classroom(classroom_id: int) -> Classroom:
    """The signed-in teacher's class, or 404."""
    return classroom_taught_by(teacher_id(), classroom_id) or abort(404)


def own_student(classroom: Classroom, student_id: int) -> Student:
    """A student of this class, or 404."""
    return student_in(classroom.id, student_id) or abort(404)


def own_assignment(classroom: Classroom, assignment_id: int) -> Assignment:
    """An assignment of this class, or 404."""
    return assignment_in(classroom.id, assignment_id) or abort(404)
