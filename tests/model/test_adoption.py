"""New rules are put in force to the end, whatever stops the daemon on the way."""

from pathlib import Path

import pytest

from tests.model.faults import Killed
from tests.model.happenings import new_mail
from tests.model.places import Place
from tests.model.world import World


def world_with_tickets(data: Path) -> World:
    world = World(7, f"sqlite:///{data / 'maild.db'}", data)
    for _ in range(4):
        new_mail(world)
    for mailbox in world.process.mailboxes:
        world.process.poll(mailbox)
    return world


@pytest.mark.parametrize("killed_at", range(1, 6))
def test_a_daemon_that_dies_between_two_tickets_goes_on_where_it_died(
    tmp_path: Path, killed_at: int
) -> None:
    world = world_with_tickets(tmp_path)
    world.save_rules("short")
    world.process.faults.arm(Place.AFTER_COMMIT, killed_at, Killed())
    with pytest.raises(Killed):
        world.process.reload(world.settings())
    world._be_born_again()  # looks at the laws: every clock goes by the rules in force
    world.close()


def test_rules_that_are_taken_back_half_way_leave_no_ticket_behind(tmp_path: Path) -> None:
    world = world_with_tickets(tmp_path)
    world.save_rules("short")
    world.process.faults.arm(Place.AFTER_COMMIT, 3, Killed())
    with pytest.raises(Killed):
        world.process.reload(world.settings())
    world.save_rules("reply")
    world._be_born_again()
    world.close()


def test_what_another_daemon_did_by_the_old_rules_is_put_right_when_it_reads_the_new_ones(
    tmp_path: Path,
) -> None:
    world = World(7, f"sqlite:///{tmp_path / 'maild.db'}", tmp_path, daemons=2)
    late, quick = world.processes  # the first has the mailboxes
    world.save_rules("short")
    quick.reload(world.settings())
    for _ in range(4):
        new_mail(world)
    for mailbox in late.mailboxes:
        late.poll(mailbox)
    late.reload(world.settings())
    world.laws.hold()
    with late.store.reading() as tx:
        assert tx.tickets.find()
    world.close()


def test_the_same_rules_read_again_by_daemons_that_share_a_database_change_no_clock(
    tmp_path: Path,
) -> None:
    world = World(7, f"sqlite:///{tmp_path / 'maild.db'}", tmp_path, daemons=2)
    for _ in range(4):
        new_mail(world)
    for mailbox in world.process.mailboxes:
        world.process.poll(mailbox)
    for each in world.processes:
        each.reload(world.settings())
    world.laws.hold()  # each cycle is what its history gives
    world.close()


@pytest.mark.timeout(20)  # its store would be waited for thirty seconds, and then be busy
def test_a_daemon_that_sleeps_while_rules_come_into_force_is_not_waited_for(tmp_path: Path) -> None:
    world = World(7, f"sqlite:///{tmp_path / 'maild.db'}", tmp_path, daemons=2)
    new_mail(world)
    for mailbox in world.process.mailboxes:
        world.process.poll(mailbox)

    def sleep() -> None:
        world._turn, world._sleeper = 1, 0
        world.keep_house()  # the other one puts the rules in force meanwhile
        world._turn, world._sleeper = 0, None

    world.save_rules("short")
    world.process.faults.arm(Place.AFTER_COMMIT, 2, sleep)
    world.reload()
    assert world.processes[0].faults.fired
    assert not world.reload_owed
    world.laws.hold()
    world.close()
