/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LDP and signalled pseudowires: what is refused at Enter and at commit, what an undo takes along, passwords, what two
 * sessions make of it, and what a start-up takes out.
 */
#include "util.h"

#include "cfg/leaves.h"
#include "cfg/session.h"
#include "cfg/value.h"

#define GLOBAL "mpls lsr-id 1.1.1.1\nmpls\n#\nmpls l2vpn\n#\nmpls ldp\n#\n"

static struct cfg *cfg;
static struct cfg_session *ses;

static int up(void **state)
{
	(void)state;
	cfg = cfg_new(NULL);
	ses = cfg_session_new(cfg);
	return 0;
}

static int down(void **state)
{
	(void)state;
	cfg_session_free(ses);
	cfg_free(cfg);
	return 0;
}

static void running(const char *text)
{
	type_all(ses, text);
	type_all(ses, "#");
	commit_ok(ses);
}

static void shows(const char *part)
{
	char *text = cfg_render(cfg_candidate(ses), NULL);

	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
	free(text);
}

static void shows_not(const char *part)
{
	char *text = cfg_render(cfg_candidate(ses), NULL);

	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
	free(text);
}

/* ---- at Enter -------------------------------------------------------------------------------------------- */

static void views(void **state)
{
	static const struct {
		const char *line, *tail;
	} way[] = {
		{ "mpls ldp", "-mpls-ldp" }, { "mpls ldp remote-peer PE9", "-mpls-ldp-remote-PE9" },
		{ "mpls ldp remote-peer \"the far end\"", "-mpls-ldp-remote-the far end" },
		{ "mpls l2vpn", "-l2vpn" }, { "peer 9.9.9.9", "-l2vpn-peer-9.9.9.9" }, { "peer 8.8.8.8", "-l2vpn-peer-8.8.8.8" },
		{ "default martini", "-l2vpn-peer-8.8.8.8" }, { "quit", "-l2vpn" }, { "quit", "" },
	};
	char tail[80];

	(void)state;
	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
		type_all(ses, way[i].line);
		cfg_view_name(ses, tail, sizeof(tail));
		assert_string_equal(tail, way[i].tail);
	}
}

/* A view inside another is shown with it. */
static void here(void **state)
{
	struct text t = { 0 };
	struct cfg_what what;
	struct cfg_print *p;

	(void)state;
	type_all(ses, GLOBAL "mpls l2vpn\npeer 9.9.9.9\ndefault martini");
	cfg_here(ses, &what);
	p = cfg_print_new(cfg_candidate(ses), &what);
	while (cfg_print_step(p, &t))
		;
	cfg_print_free(p);
	assert_text(text_take(&t), "#\nmpls l2vpn\n peer 9.9.9.9\n  default martini\n#\nreturn\n");
}

#define STATIC "mpls static-l2vc destination 9.9.9.9 1 transmit-vpn-label 16 receive-vpn-label 16"

/* Lines that are taken, then one that is not, and the beginning of why. */
static const struct {
	const char *before, *line, *why;
} refused[] = {
	{ "interface eth1\nmpls l2vc 9.9.9.9 1", "mpls l2vc 9.9.9.9 2", "The VC ID of a pseudowire cannot change" },
	{ "interface eth1\nmpls l2vc 9.9.9.9 1", STATIC,
	  "The pseudowire here is signalled: remove it first with undo mpls l2vc" },
	{ "interface eth1\n" STATIC,
	  "mpls l2vc 9.9.9.9 1", "The pseudowire here is static: remove it first with undo mpls static-l2vc" },
	{ "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 9.9.9.9 2 secondary", "mpls l2vc 9.9.9.9 3 secondary",
	  "The VC ID of a pseudowire cannot change: remove it first with undo mpls l2vc secondary" },
	{ "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 9.9.9.9 2 secondary", "undo mpls l2vc",
	  "There is a secondary pseudowire as well" },
	{ "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 9.9.9.9 2 bypass", "undo mpls l2vc",
	  "There is a bypass pseudowire as well" },
	{ "interface eth1\nmpls l2vc 9.9.9.9 1", "undo mpls static-l2vc", "The pseudowire here is signalled: type undo mpls l2vc" },
	{ "interface eth1\nmpls l2vc 9.9.9.9 1", "undo mpls l2vc 9.9.9.9 2", "There is no such line" },
	{ "interface eth1\nmpls l2vc 9.9.9.9 1", "undo mpls l2vc 8.8.8.8 1", "There is no such line" },
	{ "interface eth1.1", "mpls l2vc 9.9.9.9 1 access-port", "access-port is for main interfaces" },
	{ "interface eth1", "mpls l2vc 239.0.0.1 1", "The destination must be the LSR ID" },
	{ "interface LoopBack0", "mpls l2vc 9.9.9.9 1", "This command is not for loopback interfaces" },
	{ "interface LoopBack0", "mpls ldp", "This command is not for loopback interfaces" },
	{ "interface eth1\nmpls l2vc 9.9.9.9 1", "#\nundo interface eth1", "A pseudowire uses eth1: remove it first with undo mpls l2vc" },
	{ "pw-template t\n#\ninterface eth1\nmpls l2vc pw-template t 1", "#\nundo pw-template t",
	  "A pseudowire of eth1 uses this template: remove it first with undo mpls l2vc" },
	{ "mpls ldp remote-peer r\nremote-ip 9.9.9.9", "remote-ip 8.8.8.8", "Another address is set here" },
	{ "mpls ldp remote-peer r", "remote-ip 127.0.0.1", "The remote address must be the LSR ID" },
	{ "mpls ldp remote-peer r\nremote-ip 9.9.9.9", "undo remote-ip 8.8.8.8", "" },
	{ "mpls ldp", "md5-password plain 9.9.9.9 abcdefgh", "A password mixes at least two" },
	{ "mpls ldp", "md5-password cipher 9.9.9.9 12345678", "A password mixes at least two" },
	{ "mpls ldp", "md5-password plain 255.0.0.1 secret-1", "The peer must be named by its LSR ID" },
	{ "mpls ldp", "md5-password cipher 9.9.9.9 %^%#K;8\"/}s|S$'p0\\c=!9>M~#O2Q%^%#", "This is how another device displays" },
	{ "mpls ldp", "md5-password plain 9.9.9.9 short-1", "" },
	{ "mpls ldp", "undo md5-password 9.9.9.9", "There is no such line" },
};

static void at_enter(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *line = refused[i].line;
		struct cfg_answer a;
		char *was, *is;

		cfg_discard(ses);
		type_all(ses, refused[i].before);
		if (!strncmp(line, "#\n", 2)) {
			type_all(ses, "#");
			line += 2;
		}
		was = cfg_render(cfg_candidate(ses), NULL);
		a = cfg_line(ses, line);
		if (a.verdict == CFG_OK || strncmp(a.text, refused[i].why, strlen(refused[i].why)))
			fail_msg("\"%s\": %d \"%s\"", line, a.verdict, a.text);
		is = cfg_render(cfg_candidate(ses), NULL);
		assert_string_equal(was, is);
		free(was);
		free(is);
	}
}

/* What may be typed over itself, and undone by less or more words. */
static void typed_again(void **state)
{
	(void)state;
	type_all(ses, "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 8.8.8.8 1 control-word\n");
	shows("\n mpls l2vc 8.8.8.8 1 control-word\n");
	type_all(ses, "mpls l2vc 8.8.8.8 1\n");
	shows("\n mpls l2vc 8.8.8.8 1\n");
	type_all(ses, "undo mpls l2vc 8.8.8.8 1\nmpls l2vc 8.8.8.8 2\nundo mpls l2vc\nmpls static-l2vc destination 8.8.8.8 "
		      "transmit-vpn-label 16 receive-vpn-label 16");
	type_all(ses, "#\nmpls ldp remote-peer r\nremote-ip 9.9.9.9 pwe3\nundo remote-ip pwe3");
	shows("\n remote-ip 9.9.9.9\n");
	type_all(ses, "undo remote-ip\nremote-ip 8.8.8.8");
	shows("\n remote-ip 8.8.8.8\n");
	type_all(ses, "#\nmpls l2vpn\nmpls l2vpn no-request-message peer 9.9.9.9\npeer 9.9.9.9\ndefault martini\n");
	type_all(ses, "#\nmpls l2vpn\nundo peer 9.9.9.9\n");
	shows_not("martini");
	shows("\n mpls l2vpn no-request-message peer 9.9.9.9\n");
	type_all(ses, "peer 9.9.9.9\n");
	shows_not("martini");
	type_all(ses, "quit\nundo mpls l2vpn no-request-message peer 9.9.9.9\n");
	shows("\n peer 9.9.9.9\n");
	shows_not("no-request");
}

/* The reroute policy may say resume where LDP can tell it. */
static void resume(void **state)
{
	(void)state;
	type_all(ses, "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 8.8.8.8 2 secondary\nmpls l2vpn reroute delay 10 resume 5");
	type_all(ses, "#\ninterface eth2\nmpls static-l2vc destination 9.9.9.9 transmit-vpn-label 16 receive-vpn-label 16");
	assert_int_equal(cfg_line(ses, "mpls l2vpn reroute delay 10 resume 5").verdict, CFG_REFUSED);
}

/* ---- undo ------------------------------------------------------------------------------------------------- */

#define ALL GLOBAL "mpls l2vpn\nmpls l2vpn auto-create-session\npeer 9.9.9.9\n#\nmpls ldp\ngraceful-restart\n"              \
	    "md5-password plain 9.9.9.9 secret-1\n#\nmpls ldp remote-peer r\nremote-ip 9.9.9.9\n#\n"                         \
	    "interface eth1\nmpls\nmpls ldp\nmpls ldp timer hello-hold 20\n#\ninterface eth2\nmpls l2vc 9.9.9.9 1\n"         \
	    "mpls l2vpn mac-withdraw disable\nundo interface-parameter-type vccv\n#\n"

static void undo_ldp(void **state)
{
	(void)state;
	running(ALL);
	type_all(ses, "undo mpls ldp");
	commit_ok(ses);
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\nmpls lsr-id 1.1.1.1\n#\nmpls\n#\nmpls l2vpn\n mpls l2vpn auto-create-session\n peer 9.9.9.9\n#\n"
		    "interface eth1\n mpls\n#\ninterface eth2\n mpls l2vc 9.9.9.9 1\n mpls l2vpn mac-withdraw disable\n"
		    " undo interface-parameter-type vccv\n#\nreturn\n");
}

static void undo_l2vpn(void **state)
{
	(void)state;
	running(ALL);
	type_all(ses, "undo mpls l2vpn");
	commit_ok(ses);
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\nmpls lsr-id 1.1.1.1\n#\nmpls\n#\nmpls ldp\n graceful-restart\n md5-password plain 9.9.9.9 secret-1\n#\n"
		    "mpls ldp remote-peer r\n remote-ip 9.9.9.9\n#\ninterface eth1\n mpls\n mpls ldp\n mpls ldp timer "
		    "hello-hold 20\n#\ninterface eth2\n#\nreturn\n");
}

static void undo_mpls(void **state)
{
	(void)state;
	running(ALL);
	type_all(ses, "undo mpls");
	commit_ok(ses);
	assert_text(cfg_render(cfg_running(cfg), NULL),
		    "#\nmpls lsr-id 1.1.1.1\n#\ninterface eth1\n#\ninterface eth2\n#\nreturn\n");
}

/* ---- at commit -------------------------------------------------------------------------------------------- */

static const struct {
	const char *lines, *line, *why;
} contradictions[] = {
	{ "mpls lsr-id 1.1.1.1\nmpls ldp", "mpls ldp", "mpls is not enabled" },
	{ "mpls lsr-id 1.1.1.1\nmpls\n#\nmpls ldp remote-peer r", "mpls ldp remote-peer r", "LDP is not enabled" },
	{ GLOBAL "mpls ldp remote-peer r\nremote-ip 1.1.1.1", "mpls ldp remote-peer r / remote-ip 1.1.1.1",
	  "this is the LSR ID of this device" },
	{ GLOBAL "mpls ldp remote-peer r\nremote-ip 9.9.9.9\n#\nmpls ldp remote-peer s\nremote-ip 9.9.9.9",
	  "mpls ldp remote-peer s / remote-ip 9.9.9.9", "remote peer r has the same address" },
	{ GLOBAL "interface eth1\nmpls ldp", "interface eth1 / mpls ldp", "mpls is not enabled on this interface" },
	{ "mpls lsr-id 1.1.1.1\nmpls\n#\ninterface eth1\nmpls\nmpls ldp", "interface eth1 / mpls ldp", "LDP is not enabled" },
	{ GLOBAL "interface eth1\nmpls\nmpls ldp timer hello-send 7", "interface eth1 / mpls ldp timer hello-send 7",
	  "mpls ldp is not enabled on this interface" },
	{ GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1 secondary", "interface eth1 / mpls l2vc 9.9.9.9 1 secondary",
	  "there is no primary pseudowire" },
	{ GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 8.8.8.8 1 secondary",
	  "interface eth1 / mpls l2vc 8.8.8.8 1 secondary", "another pseudowire of this interface has the same VC ID" },
	{ GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls static-l2vc destination 8.8.8.8 2 transmit-vpn-label 16 "
	  "receive-vpn-label 16 secondary", "interface eth1 / mpls static-l2vc destination 8.8.8.8 2 transmit-vpn-label 16 "
	  "receive-vpn-label 16 secondary", "one is static and one signalled" },
	{ GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 8.8.8.8 2 control-word secondary",
	  "interface eth1 / mpls l2vc 8.8.8.8 2 control-word secondary", "control-word differs" },
	{ GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 8.8.8.8 2 tagged secondary",
	  "interface eth1 / mpls l2vc 8.8.8.8 2 tagged secondary", "raw or tagged differs" },
	{ GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1\nmpls l2vc 8.8.8.8 2 access-port secondary",
	  "interface eth1 / mpls l2vc 8.8.8.8 2 access-port secondary", "access-port differs" },
	{ GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1\n#\ninterface eth2\nmpls l2vc 9.9.9.9 1", "interface eth2 / mpls l2vc 9.9.9.9 1",
	  "the primary pseudowire of eth1 has the same destination, VC ID and type" },
	{ GLOBAL "pw-template t\npeer-address 9.9.9.9\n#\ninterface eth1\nmpls l2vc 9.9.9.9 1\n#\ninterface eth2\n"
	  "mpls l2vc pw-template t 1", "interface eth2 / mpls l2vc pw-template t 1",
	  "the primary pseudowire of eth1 has the same destination, VC ID and type" },
	{ GLOBAL "interface eth1\nmpls l2vc pw-template t 1", "interface eth1 / mpls l2vc pw-template t 1", "there is no pw-template t" },
	{ GLOBAL "pw-template t\n#\ninterface eth1\nmpls l2vc pw-template t 1", "interface eth1 / mpls l2vc pw-template t 1",
	  "neither this line nor pw-template t says the far end: give its LSR ID here" },
	{ GLOBAL "interface eth1\nmpls\nmpls l2vc 9.9.9.9 1", "interface eth1 / mpls l2vc 9.9.9.9 1",
	  "mpls is enabled on this interface" },
	{ GLOBAL "interface eth1.1\nmpls l2vc 9.9.9.9 1", "interface eth1.1 / mpls l2vc 9.9.9.9 1",
	  "the sub-interface has no vlan-type dot1q" },
	{ "mpls lsr-id 1.1.1.1\nmpls\n#\nmpls ldp\n#\ninterface eth1\nmpls l2vc 9.9.9.9 1", "interface eth1 / mpls l2vc 9.9.9.9 1",
	  "mpls l2vpn is not enabled" },
	{ GLOBAL "interface eth1\nundo interface-parameter-type vccv", "interface eth1 / undo interface-parameter-type vccv",
	  "there is no such signalled pseudowire" },
	{ GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1\nundo interface-parameter-type vccv secondary",
	  "interface eth1 / undo interface-parameter-type vccv secondary", "there is no such signalled pseudowire" },
	{ GLOBAL "interface eth1\nmpls l2vpn mac-withdraw disable", "interface eth1 / mpls l2vpn mac-withdraw disable",
	  "there is no pseudowire on this interface" },
};

static void commit_says(const char *line, const char *why)
{
	struct cfg_result r;

	cfg_commit(ses, NULL, &r);
	if (r.err != -EINVAL || r.n_problems != 1 || strcmp(r.problem[0].line, line) ||
	    strncmp(r.problem[0].text, why, strlen(why)))
		fail_msg("%d, %zu problems: \"%s\": \"%s\" instead of \"%s\": \"%s\"", r.err, r.n_problems, r.problem[0].line,
			 r.problem[0].text, line, why);
}

static void at_commit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(contradictions) / sizeof(contradictions[0]); i++) {
		type_all(ses, contradictions[i].lines);
		commit_says(contradictions[i].line, contradictions[i].why);
		cfg_discard(ses);
	}
}

/* What is no contradiction: the same VC ID to another peer, of another type, on another interface. */
static void no_contradiction(void **state)
{
	(void)state;
	running(GLOBAL "interface eth1\nmpls l2vc 9.9.9.9 1\n#\ninterface eth2\nmpls l2vc 8.8.8.8 1\n#\ninterface eth3\n"
	       "mpls l2vc 9.9.9.9 1 tagged\nmpls l2vc 9.9.9.9 2 tagged secondary\n");
}

static void own_address_later(void **state)
{
	(void)state;
	running(GLOBAL "mpls ldp remote-peer r\nremote-ip 9.9.9.9\n#\n");
	type_all(ses, "mpls lsr-id 9.9.9.9");
	commit_says("mpls lsr-id 9.9.9.9", "remote peer r has this address");
}

/* The way peers are told changes only while there is nothing to tell. */
static void martini(void **state)
{
	(void)state;
	running(GLOBAL "mpls l2vpn\nmpls l2vpn default martini\n#\ninterface eth1\nmpls l2vc 9.9.9.9 1");
	type_all(ses, "mpls l2vpn\nundo mpls l2vpn default martini");
	commit_says("undo mpls l2vpn default martini", "eth1 carries a signalled pseudowire");
	type_all(ses, "#\ninterface eth1\nundo mpls l2vc");
	commit_ok(ses);
	type_all(ses, "#\nmpls l2vpn\nmpls l2vpn default martini\n#\ninterface eth1\nmpls l2vc 9.9.9.9 1");
	commit_ok(ses);
}

/* ---- remote peers by address -------------------------------------------------------------------------------------- */

static void remote_peers(void **state)
{
	const struct m_remote_peer *p;

	(void)state;
	type_all(ses, GLOBAL "mpls ldp remote-peer r\n#\n");
	assert_null(cfg_remote_peer_to(cfg_candidate(ses), 0));
	assert_null(cfg_remote_peer_to(cfg_candidate(ses), 0x09090909));
	type_all(ses, "mpls ldp remote-peer r\nremote-ip 9.9.9.9\n#\nmpls ldp remote-peer s\nremote-ip 9.9.9.10\n#\n");
	p = cfg_remote_peer_to(cfg_candidate(ses), 0x09090909);
	assert_non_null(p);
	assert_string_equal(p->name, "r");
	type_all(ses, "mpls ldp remote-peer r\nundo remote-ip\nremote-ip 9.9.9.8\n#\n");
	assert_null(cfg_remote_peer_to(cfg_candidate(ses), 0x09090909));
	assert_ptr_equal(cfg_remote_peer_to(cfg_candidate(ses), 0x09090908), cfg_remote_peer(cfg_candidate(ses), "r"));
	type_all(ses, "undo mpls ldp\n");
	assert_null(cfg_remote_peer_to(cfg_candidate(ses), 0x09090908));
}

/* ---- passwords ------------------------------------------------------------------------------------------------ */

/* Every length and octet that can be typed: what is displayed leads back to the same key. */
static void veiled(void **state)
{
	struct m_ldp_key *key = calloc(2, sizeof(*key));
	uint32_t seed = 3;

	(void)state;
	for (unsigned int n = 8; n <= 80; n++) {
		char out[400];
		struct value v;

		memset(key, 0, sizeof(*key));
		key->cipher = true;
		for (unsigned int i = 0; i < n; i++)
			key->password[i] = (char)('!' + next_random(&seed, '~' - '!' + 1));
		leaf_print(&leaf_key_password, key, 0, out, sizeof(out));
		assert_null(strstr(out, key->password));
		assert_true(leaf_read(&leaf_key_password, out, strlen(out), &v));
		assert_string_equal(v.text, key->password);
		out[6] = out[6] == '0' ? '1' : '0';	/* a sum that is not right */
		assert_true(leaf_read(&leaf_key_password, out, strlen(out), &v));
		assert_true(secret_is_foreign(v.text));
		key->cipher = false;
		leaf_print(&leaf_key_password, key, 0, out, sizeof(out));
		assert_string_equal(out, key->password);
	}
	free(key);
}

/* What was typed as cipher stands nowhere in what is displayed, saved or compared. */
static void never_told(void **state)
{
	struct text diff = { 0 };
	struct cfg_diff *d;
	char *text;

	(void)state;
	running(GLOBAL);
	type_all(ses, "mpls ldp\nmd5-password cipher 9.9.9.9 Between-us-2\n");
	shows_not("Between-us-2");
	shows(" md5-password cipher 9.9.9.9 %^%#");
	d = cfg_diff_commands(cfg_base(ses), cfg_candidate(ses));
	while (cfg_diff_step(d, &diff))
		;
	cfg_diff_free(d);
	text = text_take(&diff);
	assert_null(strstr(text, "Between-us-2"));
	cfg_discard(ses);
	type_all(ses, text);		/* typed as it is displayed, it is the same key */
	free(text);
	assert_int_equal(cfg_line(ses, "#").verdict, CFG_OK);
	type_all(ses, "mpls ldp\nmd5-password plain 9.9.9.9 Between-us-2");
	shows(" md5-password plain 9.9.9.9 Between-us-2\n");
}

/* ---- differences ------------------------------------------------------------------------------------------------ */

static void diff_is(const char *want, bool commands)
{
	struct cfg_diff *d = commands ? cfg_diff_commands(cfg_base(ses), cfg_candidate(ses))
				      : cfg_diff_new(cfg_base(ses), cfg_candidate(ses));
	struct text t = { 0 };

	while (cfg_diff_step(d, &t))
		;
	cfg_diff_free(d);
	assert_text(text_take(&t), want);
}

static void differences(void **state)
{
	(void)state;
	running(ALL);
	type_all(ses, "mpls ldp\nundo graceful-restart\nundo md5-password 9.9.9.9\nmd5-password plain 8.8.8.8 secret-2\n#\n"
		      "mpls l2vpn\npeer 9.9.9.9\ndefault martini\npeer 7.7.7.7\n#\ninterface eth2\n"
		      "interface-parameter-type vccv\nundo mpls l2vc\nmpls l2vc 9.9.9.9 2\n#\n");
	diff_is("  #\n  mpls l2vpn\n+  peer 7.7.7.7\n   peer 9.9.9.9\n+   default martini\n  #\n  mpls ldp\n-  graceful-restart\n"
		"+  md5-password plain 8.8.8.8 secret-2\n-  md5-password plain 9.9.9.9 secret-1\n  #\n  interface eth2\n"
		"-  mpls l2vc 9.9.9.9 1\n+  mpls l2vc 9.9.9.9 2\n-  undo interface-parameter-type vccv\n  #\n", false);
	diff_is("#\nmpls l2vpn\n peer 7.7.7.7\n#\nmpls l2vpn\n peer 9.9.9.9\n  default martini\n#\nmpls ldp\n"
		" undo graceful-restart\n md5-password plain 8.8.8.8 secret-2\n undo md5-password 9.9.9.9\n#\ninterface eth2\n"
		" interface-parameter-type vccv\n undo mpls l2vc 9.9.9.9 1\n mpls l2vc 9.9.9.9 2\n#\n", true);
}

/* ---- two sessions ------------------------------------------------------------------------------------------------- */

/* One takes LDP away, the other meanwhile makes what needs it: whoever comes second is told. */
static void left_behind(void **state)
{
	static const struct {
		const char *lines, *line;
	} late[] = {
		{ "mpls ldp remote-peer r", "mpls ldp remote-peer r" },
		{ "mpls ldp\nmd5-password plain 9.9.9.9 secret-1", "md5-password plain 9.9.9.9 secret-1" },
		{ "interface eth1\nmpls\nmpls ldp", "interface eth1 / mpls ldp" },
		{ "mpls l2vpn\npeer 9.9.9.9", "peer 9.9.9.9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++)
		for (unsigned int first = 0; first < 2; first++) {
			struct cfg_session *other;
			struct cfg_result r;

			down(NULL);
			up(NULL);
			running(GLOBAL);
			other = cfg_session_new(cfg);
			type_all(ses, i == 3 ? "undo mpls l2vpn" : "undo mpls ldp");
			type_all(other, late[i].lines);
			commit_ok(first ? ses : other);
			cfg_commit(first ? other : ses, NULL, &r);
			assert_int_equal(r.err, -EINVAL);
			assert_false(r.conflict);
			assert_string_equal(r.problem[0].line, late[i].line);
			cfg_session_free(other);
		}
}

/* Lines of the same objects from both: the own ones go on top. */
static void on_top(void **state)
{
	struct cfg_session *other;

	(void)state;
	running(ALL);
	other = cfg_session_new(cfg);
	type_all(other, "mpls ldp\ngraceful-restart timer recovery 9\n#\nmpls ldp remote-peer r\ndescription theirs\n#\n"
			"mpls l2vpn\npeer 9.9.9.9\ndefault martini\n#\n");
	type_all(ses, "mpls ldp\nlabel distribution control-mode ordered\nundo graceful-restart\n#\nmpls ldp remote-peer r\n"
		      "undo remote-ip\nremote-ip 8.8.8.8\n#\ninterface eth2\nundo mpls l2vc\nmpls l2vc 9.9.9.9 7\n#\n");
	commit_ok(other);
	assert_int_equal(cfg_refresh(ses), 0);
	commit_ok(ses);
	shows("\nmpls ldp\n graceful-restart timer recovery 9\n label distribution control-mode ordered\n");
	shows("\nmpls ldp remote-peer r\n description theirs\n remote-ip 8.8.8.8\n");
	shows("\n peer 9.9.9.9\n  default martini\n");
	shows("\n mpls l2vc 9.9.9.9 7\n");
	cfg_session_free(other);
}

/* ---- start-up ------------------------------------------------------------------------------------------------------- */

static char *start_with(const char *text)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_load l = { 0 };
	struct cfg_result r;
	char *out;

	assert_int_equal(cfg_load_text(s, text, strlen(text), &l), 0);
	cfg_commit_startup(s, NULL, &l, &r);
	assert_int_equal(r.err, 0);
	out = cfg_render(cfg_running(c), NULL);
	cfg_session_free(s);
	cfg_free(c);
	return out;
}

/* A view that cannot be goes with all it holds, and waits in the file until it can. */
static void without_mpls(void **state)
{
	static const char ldp[] = "#\nmpls l2vpn\n mpls l2vpn no-request-message peer 9.9.9.9\n peer 9.9.9.9\n  default martini\n#\n"
				  "mpls ldp\n graceful-restart\n md5-password plain 9.9.9.9 secret-1\n#\n"
				  "mpls ldp remote-peer r\n remote-ip 9.9.9.9\n#\nreturn\n";
	char whole[600], *once = start_with(ldp), *again = start_with(once), *there, *part;

	(void)state;
	assert_string_equal(once, again);
	for (const char *line = ldp, *end; *line; line = end + 1) {	/* each line is still there */
		end = strchr(line, '\n');
		snprintf(whole, sizeof(whole), "%.*s\n", (int)(end - line - strspn(line, " ")), line + strspn(line, " "));
		if (!strstr(once, whole))
			fail_msg("%s is not in:\n%s", whole, once);
	}
	part = strstr(once, "#\nmpls l2vpn");
	snprintf(whole, sizeof(whole), "#\nmpls lsr-id 1.1.1.1\n#\nmpls\n%s", part ? part : once);
	there = start_with(whole);
	assert_non_null(strstr(there, "\n peer 9.9.9.9\n  default martini\n"));
	assert_non_null(strstr(there, "\nmpls ldp remote-peer r\n remote-ip 9.9.9.9\n"));
	free(once);
	free(again);
	free(there);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(views), T(here), T(at_enter), T(typed_again), T(resume), T(undo_ldp), T(undo_l2vpn), T(undo_mpls), T(at_commit),
		T(no_contradiction), T(own_address_later), T(martini), T(remote_peers), T(veiled), T(never_told),
		T(differences), T(left_behind), T(on_top), T(without_mpls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
