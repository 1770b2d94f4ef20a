from django.urls import path

from planning.views import board

app_name = "planning"
urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/plans/", board.ask, name="ask"),
    path("board/plans/<uuid:plan>/accept/", board.accept, name="accept"),
    path("board/plans/<uuid:plan>/reject/", board.reject, name="reject"),
    path("board/plans/<uuid:plan>/live/", board.live, name="live"),
]
