/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversations: what an operator types (>) and what comes back, as a script of frames. C caret,
 * O output, Q question, D done (status, dirty, prompt), X bye.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/proto.h"
#include "cli/session.h"
#include "fake.h"

static struct session s;
static struct cli_shared shared;

/* Frames the session has for the client, as "O text" lines; taken off. */
static const char *frames(void)
{
	static struct text got;

	text_free(&got);
	for (int i = 0; i < 100000 && session_step(&s); i++)
		;
	for (size_t at = 0; at < s.out.len;) {
		uint32_t len = cli_head_len((uint8_t *)s.out.v + at);
		text_printf(&got, "%c %.*s", s.out.v[at], (int)len, s.out.v + at + CLI_HEAD);
		if (!len || s.out.v[at + CLI_HEAD + len - 1] != '\n')
			text_puts(&got, "\n");
		at += CLI_HEAD + len;
	}
	s.out.len = 0;
	return got.v ? got.v : "";
}

static const char *type(const char *line)
{
	session_line(&s, line, strlen(line));
	return frames();
}

static const char *reply(const char *text)
{
	session_answer(&s, text, strlen(text));
	return frames();
}

static int setup(void **state)
{
	struct loop *l = loop_new();

	loop_virtual(l, FAKE_NOW);
	fake_start(l);
	fake_configure();
	fake_session(&s, &shared);
	*state = l;
	assert_string_equal(frames(), "H 2 0.0.1\nD =~<twinwire>\n");
	return 0;
}

static int teardown(void **state)
{
	session_end(&s);
	fake_stop();
	loop_free(*state);
	return 0;
}

#define ENTER "O Enter system view, return user view with return command.\n"
#define ASK "Q Warning: Uncommitted configurations found, commit them before exiting? [Y(yes)/N(no)/C(cancel)]:\n"

static void views(void **state)
{
	(void)state;
	assert_string_equal(type("sys"), ENTER "D =~[~twinwire]\n");
	assert_string_equal(type("interface gi0/2/0"), "D =~[~twinwire-GigabitEthernet0/2/0]\n");
	assert_string_equal(type("mtu 1600"), "D =*[*twinwire-GigabitEthernet0/2/0]\n");
	assert_string_equal(type("quit"), "D =*[*twinwire]\n");
	assert_string_equal(type("commit"), "D =~[~twinwire]\n");
	assert_string_equal(type("quit"), "D =~<twinwire>\n");
	assert_string_equal(type("quit"), "X \n");
	assert_true(s.over);
}

static void leaving_dirty(void **state)
{
	(void)state;
	type("system-view");
	type("ip route-static 10.1.0.0 16 10.0.0.2");
	assert_string_equal(type("return"), ASK);
	assert_string_equal(reply("x"), "Q Error: Please choose 'YES', 'NO' or 'CANCEL' first before pressing "
					"'Enter'. [Y/N/C]:\n");
	assert_string_equal(reply("c"), "D =*[*twinwire]\n");
	assert_string_equal(type("quit"), ASK);
	fake.refuse = true;
	assert_non_null(strstr(reply("Y"), "D !*[*twinwire]"));
	fake.refuse = false;
	assert_string_equal(type("quit"), ASK);
	assert_string_equal(reply("yes"), "D =~<twinwire>\n");
	assert_int_equal(fake.commits, 1);
	type("system-view");
	type("ip route-static 10.2.0.0 16 10.0.0.2");
	type("return");
	assert_string_equal(reply("no"), "D =~<twinwire>\n");
	assert_int_equal(fake.commits, 1);
}

static void commit_refused(void **state)
{
	(void)state;
	type("system-view");
	assert_string_equal(type("commit"), "O Info: There is nothing to commit.\nD =~[~twinwire]\n");
	type("ip route-static 10.3.0.0 16 10.0.0.2");
	fake.refuse = true;
	assert_string_equal(type("commit"),
			    "O Error: interface GigabitEthernet0/1/0 / description to CE1: label 100 is in use\n"
			    "Error: The commit was refused, nothing was changed; 1 problem.\nD !*[*twinwire]\n");
	assert_string_equal(type("commit label 1x"),
			    "O Error: A label must not begin with a digit and must not be \"-\".\nD !*[*twinwire]\n");
	fake.refuse = false;
	assert_string_equal(type("commit label x description two words"), "D =~[~twinwire]\n");
	type("ip route-static 10.4.0.0 16 10.0.0.2");
	assert_string_equal(type("clear configuration candidate"), "D =~[~twinwire]\n");
}

static void errors_of_configuration(void **state)
{
	(void)state;
	type("system-view");
	assert_string_equal(type("mpls lsr-id 255.1.1.1"), 
			    "O Error: The LSR ID must be an address a host can have: use that of a loopback interface\nD !~[~twinwire]\n");
	assert_string_equal(type("ospf"),
			    "O Error: OSPF runs in FRR beside twinwire: docs/underlay.md\nD !~[~twinwire]\n");
	assert_string_equal(type("sysname a b"),
			    "C 10\nO Error: Too many parameters found at '^' position.\nD !~[~twinwire]\n");
	assert_string_equal(type("exit"), "C 0\nO Error: Unrecognized command found at '^' position.\n"
					  "Info: in VRP: display / quit / system-view\nD !~[~twinwire]\n");
	assert_string_equal(type("sh ver"), "C 0\nO Error: Unrecognized command found at '^' position.\n"
					    "Info: in VRP: display / quit / system-view\nD !~[~twinwire]\n");
	assert_string_equal(type("a\x7f" "b"), "O Error: The line holds a control character or is too long.\n"
					       "D !~[~twinwire]\n");
	assert_string_equal(type("#"), "D =~[~twinwire]\n");
	assert_string_equal(type(""), "D =~[~twinwire]\n");
	assert_string_equal(type("a\x01" "b"), "O Error: The line holds a control character or is too long.\n"
					       "D !~[~twinwire]\n");
}

static void abbreviations(void **state)
{
	(void)state;
	assert_non_null(strstr(type("d ver"), "twinwire version"));
	type("system-view");
	type("interface gi0/2/0");
	assert_non_null(strstr(type("d ver"), "C 0\nO Error: Ambiguous command"));
	assert_non_null(strstr(type("di ver"), "twinwire version"));
	type("quit");
	assert_non_null(strstr(type("d ver"), "twinwire version"));
	assert_non_null(strstr(type("s"), "C 0\nO Error: Ambiguous command"));
	assert_non_null(strstr(type("ret"), "D =~<twinwire>"));
	type("system-view");
	assert_string_equal(type("q"), "D =~<twinwire>\n");
}

static void user_view_only(void **state)
{
	(void)state;
	assert_non_null(strstr(type("commit"), "Unrecognized command"));
	assert_non_null(strstr(type("sysname x"), "Unrecognized command found at '^' position.\n"
					   "Info: this is a command of the system view: type system-view first.\n"));
	type("system-view");
	assert_non_null(strstr(type("system-view"), "Unrecognized command"));
	assert_non_null(strstr(type("run display version"), "twinwire version 0.0.1"));
	assert_non_null(strstr(type("run system-view"), "Error: "));
	assert_non_null(strstr(type("run mtu 1600"), "Error: "));
}

static void files(void **state)
{
	(void)state;
	assert_string_equal(type("save"),
			    "O Warning: all configuration will be written to /etc/twinwire/twinwire.cfg.\n"
					  "Q Are you sure to continue?[Y/N]\n");
	assert_string_equal(reply("n"), "O Info: Nothing was saved.\nD =~<twinwire>\n");
	assert_string_equal(fake.saved, "");
	type("save");
	assert_string_equal(reply("y"), "O Info: Save the configuration successfully.\nD =~<twinwire>\n");
	assert_string_equal(fake.saved, "/etc/twinwire/twinwire.cfg");
	type("save other.cfg");
	reply("y");
	assert_string_equal(fake.saved, "/etc/twinwire/other.cfg");
	type("save /full");
	assert_non_null(strstr(reply("y"), "Error: The configuration was not saved: the disk that holds /full is full; an old file"));

	assert_non_null(strstr(type("load good.cfg"), "Unrecognized command"));
	type("system-view");
	assert_string_equal(type("load good.cfg"),
			    "O Info: line 2: ospf 1: OSPF runs in FRR beside twinwire: docs/underlay.md\n"
			    "Info: 1 lines taken, 1 kept as inert, 0 refused. Use commit to activate.\n"
			    "D =*[*twinwire]\n");
	assert_non_null(strstr(type("load none.cfg"), "Error: The file /etc/twinwire/none.cfg cannot be loaded"));
}

static void filters(void **state)
{
	(void)state;
	assert_non_null(strstr(type("display version | include Up | count"), "F | include Up | count\nO twinwire"));
	assert_non_null(strstr(type("display version | include"), "C 25\nO Error: Incomplete command"));
	assert_non_null(strstr(type("display version | bogus x"), "C 18\nO Error: Unrecognized command"));
}

/* Progress is told a few times a second at most, and only to who reads what was said before. */
static void progress(void **state)
{
	struct loop *l = *state;

	type("display version");
	session_progress(&s, "Working:", 1, 4);
	assert_string_equal(frames(), "");
	loop_advance(l, FAKE_NOW + 300000000);
	session_progress(&s, "Working:", 2, 4);
	session_progress(&s, "Working:", 3, 4);
	assert_string_equal(frames(), "P Working: 50%\n");
}

static void filter_help_frames(void **state)
{
	(void)state;
	session_help(&s, "dis ver | sec i", 15);
	assert_string_equal(frames(), "h winclude\tPrint the lines that match\nD =~<twinwire>\n");
	session_help(&s, "dis ver | inc x", 15);
	assert_string_equal(frames(), "h v|\tAnother filter behind this one\ne<cr>\t\nD =~<twinwire>\n");
	session_help(&s, "dis ver | inc \x1b", 15);
	assert_string_equal(frames(), "D =~<twinwire>\n");
}

/* Over all rows that may be typed: values, words in order, the filter of a display, the end; behind run those of the
 * user view. */
static void command_help_frames(void **state)
{
	(void)state;
	session_help(&s, "term", 4);
	assert_string_equal(frames(), "h wterminal\tHow this session behaves\nD =~<twinwire>\n");
	session_help(&s, "display version ", 16);
	assert_string_equal(frames(), "h v|\tFilter the output\ne<cr>\t\nD =~<twinwire>\n");
	type("system-view");
	session_help(&s, "term", 4);
	assert_string_equal(frames(), "h x0\tError: Unrecognized command found at '^' position.\nD =~[~twinwire]\n");
	session_help(&s, "run term", 8);
	assert_string_equal(frames(), "h wterminal\tHow this session behaves\nD =~[~twinwire]\n");
	session_help(&s, "run display zz", 14);
	assert_string_equal(frames(), "h x12\tError: Unrecognized command found at '^' position.\nD =~[~twinwire]\n");
	session_help(&s, "mpls lsr-id ", 12);
	assert_non_null(strstr(frames(), "h vX.X.X.X\t"));
}

/* Options by their names here, and by those of the system's programs. */
static void tools_get_their_words(void **state)
{
	static const struct { const char *line, *argv; } want[] = {
		{ "ping 10.0.0.1", "ping|-4|-n|-c|5|--|10.0.0.1|" },
		{ "ping ip -c 7 pe2.example", "ping|-4|-n|-c|7|--|pe2.example|" },
		{ "pin -t 1500 -m 20 -i gi 0/1/0 -a 10.0.0.2 -s 0 -f -h 3 -tos 184 -p aa -q -r -v -n 10.0.0.1",
		  "ping|-4|-n|-c|5|-I|10.0.0.2|-i|0.020|-W|1.500|-s|0|-I|eth1|-M|do|-t|3|-Q|184|-p|aa|-q|-R|-v|--|10.0.0.1|" },
		{ "tracert 10.0.0.1", "traceroute|-4|-n|--|10.0.0.1|" },
		{ "tracert -name -a 10.0.0.2 -f 2 -m 9 -q 1 -w 5000 -p 99 -s 100 r1",
		  "traceroute|-4|-s|10.0.0.2|-f|2|-m|9|-q|1|-w|5.000|-p|99|--|r1|100|" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_string_equal(type(want[i].line), "V \n");
		assert_string_equal(fake.argv, want[i].argv);
		fake.tool_ended(fake.tool_arg, 0);
		assert_string_equal(frames(), "D =~<twinwire>\n");
	}
	*fake.argv = '\0';
	assert_non_null(strstr(type("ping -x"), "Error: "));
	assert_non_null(strstr(type("ping -- 10.0.0.1"), "Error: "));
	assert_non_null(strstr(type("ping a;b"), "Error: "));
	assert_string_equal(type("ping 300.1.1.1"),
			    "C 5\nO Error: Wrong parameter found at '^' position.\nD !~<twinwire>\n");
	assert_non_null(strstr(type("tracert 10.1.1"), "Error: Wrong parameter"));
	assert_non_null(strstr(type("ping $(id)"), "Error: "));
	assert_non_null(strstr(type("ping -i GigabitEthernet0/3/0 10.0.0.1"), "is absent"));
	assert_non_null(strstr(type("ping vc ethernet 1"), "VCCV is not built"));
	assert_string_equal(fake.argv, "");
	assert_non_null(strstr(type("ping missing"), "Error: The program ping cannot be started: No such file"));
}

static void tools_come_and_go(void **state)
{
	static char much[SESSION_OUT_HIGH];
	(void)state;

	type("ping 10.0.0.1");
	assert_false(session_ready(&s));
	fake.tool_out(fake.tool_arg, "a\tb\n\0\x1b[2Jc", 10);
	assert_string_equal(frames(), "O a\tb\n??[2Jc\n");		/* nothing a terminal would obey */
	session_interrupt(&s);
	assert_int_equal(fake.tools_stopped, 1);
	fake.tool_out(fake.tool_arg, "statistics\n", 11);
	fake.tool_ended(fake.tool_arg, 0x100);				/* nobody answered: no error of ours */
	assert_string_equal(frames(), "M \nO statistics\nD =~<twinwire>\n");

	type("ping 10.0.0.1");
	fake.tool_ended(fake.tool_arg, 0x200);
	assert_string_equal(frames(), "O Error: ping could not do this.\nD !~<twinwire>\n");

	type("ping 10.0.0.1");
	memset(much, 'x', sizeof(much));
	fake.tool_out(fake.tool_arg, much, sizeof(much));
	assert_true(fake.tool_held);
	s.out.len = 0;
	s.waiting->drained(&s);
	assert_false(fake.tool_held);
	shared.tools = 4;
	session_end(&s);						/* the client is gone */
	assert_int_equal(fake.tools_forgotten, 1);
	assert_int_equal(shared.tools, 3);
}

static void captures(void **state)
{
	(void)state;
	assert_non_null(strstr(type("capture-packet interface GigabitEthernet0/3/0 to x"), "Error: "));
	assert_non_null(strstr(type("capture-packet interface GigabitEthernet0/1/0 to /full"), "No space left"));
	assert_non_null(strstr(type("capture-packet interface LoopBack0 to /tmp/x"),
			       "Info: the data plane is not attached to LoopBack0: no frame is seen there until "));
	fake.done(fake.done_arg, 0, 0);
	frames();
	assert_string_equal(type("capture-packet interface GigabitEthernet 0/1/0 count 7 to /tmp/x"),
			    "V \nO Info: capturing to /tmp/x.\n");
	assert_true(s.waiting);
	assert_int_equal(fake.frames, 7);
	fake.done(fake.done_arg, 7, 0);
	assert_string_equal(frames(), "O 7 frames captured.\nD =~<twinwire>\n");

	type("capture-packet interface GigabitEthernet0/1/0 to /tmp/x");
	session_interrupt(&s);
	assert_string_equal(frames(), "M \nO 5 frames captured.\nD =~<twinwire>\n");
	assert_int_equal(fake.captures_stopped, 1);

	type("capture-packet interface GigabitEthernet0/1/0 to /tmp/x");
	session_end(&s);		/* the client is gone */
	assert_int_equal(fake.captures_stopped, 2);
	assert_null(shared.capture);
}

static void resets(void **state)
{
	(void)state;
	type("reset traffic-statistics l2vpn pw all");
	assert_int_equal(fake.resets, 3);
	type("reset traffic-statistics l2vpn pw interface GigabitEthernet0/1/0 secondary");
	assert_int_equal(fake.resets, 4);
	assert_non_null(strstr(type("reset traffic-statistics l2vpn pw interface GigabitEthernet0/1/0 bypass"),
			       "Error: "));
	assert_non_null(strstr(type("reset traffic-statistics l2vpn pw"), "Incomplete"));
}

/* A display of many circuits keeps its memory small and ends when the operator wants. */
static void long_display(void **state)
{
	(void)state;
	fake_many(5000);
	session_line(&s, "display mpls static-l2vc", 24);
	while (session_step(&s))
		;
	assert_true(s.out.len < 2 * SESSION_OUT_HIGH);
	assert_false(session_ready(&s));
	session_interrupt(&s);
	assert_true(session_ready(&s));
	s.out.len = 0;

	session_line(&s, "display mpls static-l2vc brief", 30);
	size_t blocks = 0;
	for (int i = 0; i < 100000 && !session_ready(&s); i++) {
		session_step(&s);
		for (char *p = s.out.v; s.out.len && (p = memmem(p, s.out.len - (size_t)(p - s.out.v), "*Client",
								 7)); p++)
			blocks++;
		s.out.len = 0;
	}
	assert_int_equal(blocks, 5003);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(views), T(leaving_dirty), T(commit_refused), T(errors_of_configuration), T(abbreviations),
			T(user_view_only), T(files),
		T(filters), T(filter_help_frames), T(command_help_frames), T(progress), T(tools_get_their_words), T(tools_come_and_go), T(captures), T(resets), T(long_display),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
