/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole files: the published ones (found beside the repository, else told as skipped), damaged ones, random ones.
 * Every line is active, inert or refused; what is printed loads to the same text.
 */
#include "util.h"

#include <ftw.h>
#include <unistd.h>

#include "cfg/inert.h"

static const char *shared;

struct tally {
	unsigned int told;
	char *kept[4096];		/* lines that must be printed again as they are */
	size_t n;
};

static bool is_structure(const char *s, size_t n)
{
	while (n && strchr(" \t\r", s[n - 1]))
		n--;
	while (n && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	return n == 0 || *s == '#' || *s == '!' || (n == 6 && !strncasecmp(s, "return", 6));
}

static unsigned int lines_of(const char *text)
{
	unsigned int lines = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");

		lines += !is_structure(text, n);
		text += n + (text[n] == '\n');
	}
	return lines;
}

static void tell(void *arg, uint32_t line, const char *text, const char *reason)
{
	struct tally *t = arg;

	assert_true(line > 0 && text[0] && reason[0]);
	t->told++;
	if (strcmp(reason, "It stands behind return") && strncmp(text, "undo ", 5) &&
	    t->n < sizeof(t->kept) / sizeof(t->kept[0]))
		t->kept[t->n++] = strdup(text);
}

/* No line is lost: what is not active stands in what is printed. */
static void assert_kept(struct tally *t, const char *text, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t len = strlen(t->kept[i]);
		bool there = false;

		for (const char *l = text; *l && !there; l += strcspn(l, "\n"), l += *l == '\n') {
			size_t indent = strspn(l, " ");

			there = !strncmp(l + indent, t->kept[i], len) && l[indent + len] == '\n';
		}
		if (!there)
			fail_msg("%s: \"%s\" is lost", name, t->kept[i]);
		free(t->kept[i]);
	}
	t->n = 0;
}

/* Start-up with @text: printed, and accounted for. */
static char *start_with(const char *text, size_t len, struct cfg_load *l, struct cfg **keep)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_result r;
	char *out;

	assert_int_equal(cfg_load_text(s, text, len, l), 0);
	cfg_commit_startup(s, NULL, l, &r);
	assert_int_equal(r.err, 0);
	out = cfg_render(cfg_running(c), NULL);
	assert_non_null(out);
	cfg_session_free(s);
	if (keep)
		*keep = c;
	else
		cfg_free(c);
	return out;
}

static void load_twice(const char *text, size_t len, const char *name)
{
	static struct tally t;
	struct cfg_load l = { .tell = tell, .arg = &t }, again = { 0 };
	char *one, *two;

	t.told = 0;
	one = start_with(text, len, &l, NULL);

	if (l.taken + l.inert + l.refused != lines_of(text))
		fail_msg("%s: %u lines, %u active, %u inert, %u refused", name, lines_of(text), l.taken, l.inert,
			 l.refused);
	assert_int_equal(t.told, l.inert + l.refused);
	assert_kept(&t, one, name);
	two = start_with(one, strlen(one), &again, NULL);
	if (strcmp(one, two))
		fail_msg("%s: first\n%s\nthen\n%s", name, one, two);
	assert_int_equal(again.inert + again.refused, l.inert + l.refused);
	free(one);
	free(two);
}

/* ---- the published files ------------------------------------------------------------------------------ */

static unsigned int n_files;

static int published_file(const char *path, const struct stat *st, int kind, struct FTW *w)
{
	size_t len = 0;
	char *text;

	(void)st;
	(void)w;
	if (kind != FTW_F || strlen(path) < 4 || strcmp(path + strlen(path) - 4, ".cfg"))
		return 0;
	text = read_file(path, &len);
	assert_non_null(text);
	load_twice(text, len, path);
	free(text);
	n_files++;
	return 0;
}

static bool find_shared(char *path, size_t size, const char *below)
{
	const char *env = getenv("TW_SHARED");

	snprintf(path, size, "%s/vrp-configs/%s", env ? env : shared, below);
	return access(path, R_OK) == 0;
}

static void published(void **state)
{
	char path[512];

	(void)state;
	if (!find_shared(path, sizeof(path), "")) {
		print_message("no published configurations beside the repository\n");
		skip();
	}
	n_files = 0;
	assert_int_equal(nftw(path, published_file, 8, FTW_PHYS), 0);
	print_message("%u published files\n", n_files);
	assert_true(n_files >= 70);
}

static void published_static_pw(void **state)
{
	static const struct {
		const char *file, *ifname;
		uint32_t peer, tx, rx;
	} pes[] = {
		{ "svc-vpws/PE1.cfg", "GigabitEthernet0/1/0", 0x03030309, 100, 200 },
		{ "svc-vpws/PE2.cfg", "GigabitEthernet0/2/0", 0x01010109, 200, 100 },
	};
	char path[512];

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		const struct m_interface *m;
		struct cfg_load l = { 0 };
		struct cfg *c;
		size_t len = 0;
		char *text;

		if (!find_shared(path, sizeof(path), pes[i].file))
			skip();
		text = read_file(path, &len);
		free(start_with(text, len, &l, &c));
		m = cfg_interface(cfg_running(c), pes[i].ifname);
		assert_non_null(m);
		assert_true(m->pw[0].present && !m->shutdown);
		assert_int_equal(m->pw[0].peer, pes[i].peer);
		assert_int_equal(m->pw[0].tx_label, pes[i].tx);
		assert_int_equal(m->pw[0].rx_label, pes[i].rx);
		assert_int_equal(l.refused, 0);
		free(text);
		cfg_free(c);
	}
}

/* ---- damage ------------------------------------------------------------------------------------------------ */

static const char sound[] =
	"#\nsysname PE1\n#\nmpls lsr-id 1.1.1.9\n#\nmpls\n#\nmpls l2vpn\n capacity circuits 64\n#\npw-template t\n "
	"peer-address 3.3.3.9\n jitter-buffer depth 4\n mtu 1500\n#\ninterface eth1\n "
	"mtu 1500\n"
	" ip address 10.0.0.1 255.255.255.0\n mpls static-l2vc destination 3.3.3.9 7 transmit-vpn-label 100 "
	"receive-vpn-label 200\n mpls static-l2vc destination 4.4.4.9 pw-template t 9 transmit-vpn-label 100 "
	"receive-vpn-label 202 secondary\n mpls l2vpn reroute delay 60\n mpls l2vpn stream-dual-receiving\n "
	"mpls l2vpn service-name gold\n mpls l2vpn description to them\n manual-set pw-ac-fault secondary\n"
	"#\ninterface eth2.7\n vlan-type dot1q 7\n mpls static-l2vc destination 3.3.3.9 10 transmit-vpn-label 101 "
	"receive-vpn-label 201\n#\ninterface eth2.8\n vlan-type dot1q 8\n mpls static-l2vc pw-template t 8 "
	"transmit-vpn-label 102 receive-vpn-label 203\n#\ninterface LoopBack1\n ip address 1.1.1.9 "
	"255.255.255.255\n#\nstatic-lsp ingress a "
	"destination "
	"3.3.3.9 32 nexthop 10.0.0.2 out-label 16\n#\nip route-static 0.0.0.0 0.0.0.0 10.0.0.2\n#\nreturn\n";

/* Octets changed, lost, doubled, cut: it always starts, prints and loads again. */
static void damaged(void **state)
{
	uint32_t seed = 11;

	(void)state;
	load_twice(sound, strlen(sound), "sound");
	for (unsigned int n = 0; n < 3000; n++) {
		char text[sizeof(sound) + 64];
		size_t len = strlen(sound);
		struct cfg_load l = { 0 }, again = { 0 };
		char *one, *two;

		memcpy(text, sound, sizeof(sound));
		for (unsigned int k = 1 + next_random(&seed, 6); k; k--) {
			size_t at = next_random(&seed, (unsigned int)len);

			switch (next_random(&seed, 4)) {
			case 0:
				text[at] = (char)next_random(&seed, 256);
				break;
			case 1:
				memmove(text + at, text + at + 1, len-- - at);
				break;
			case 2:
				text[at] = '\n';
				break;
			default:
				text[at] = ' ';
			}
		}
		one = start_with(text, len, &l, NULL);
		two = start_with(one, strlen(one), &again, NULL);
		if (strcmp(one, two))
			fail_msg("input\n%s\nfirst\n%s\nthen\n%s", text, one, two);
		free(one);
		free(two);
	}
}

/* Without mpls l2vpn no pseudowire is active; each says why and is printed again. */
static void nothing_global(void **state)
{
	static const char text[] = "#\ninterface eth1\n mpls static-l2vc destination 3.3.3.9 7 transmit-vpn-label 100 "
				   "receive-vpn-label 200\n#\ninterface eth2\n mpls static-l2vc destination 3.3.3.9 8 "
				   "transmit-vpn-label 100 receive-vpn-label 201\n#\nreturn\n";
	static struct tally t;
	struct cfg_load l = { .tell = tell, .arg = &t };
	struct cfg *c;
	char *inert;

	(void)state;
	assert_text(start_with(text, strlen(text), &l, &c), text);
	assert_int_equal(l.refused, 2);
	assert_int_equal(l.taken, 2);
	assert_false(cfg_interface(cfg_running(c), "eth1")->pw[0].present);
	inert = cfg_render_inert(cfg_running(c));
	assert_non_null(strstr(inert, "3: interface eth1 / mpls static-l2vc"));
	assert_non_null(strstr(inert, "mpls lsr-id is not configured"));
	free(inert);
	cfg_free(c);
}

static void behind_return(void **state)
{
	static const char text[] = "sysname A\nreturn\nsysname B\n";
	static struct tally t;
	struct cfg_load l = { .tell = tell, .arg = &t };

	(void)state;
	assert_text(start_with(text, strlen(text), &l, NULL), "#\nsysname A\n#\nreturn\n");
	assert_int_equal(l.refused, 1);
	assert_int_equal(t.told, 1);
}

/* An undo that is refused is told and not kept: once the pseudowire is gone, the next start would carry it out. */
/* What editors put before the first line of a text is no part of it. */
static void byte_order_mark(void **state)
{
	static const char text[] = "\xef\xbb\xbfsysname A\r\n#\r\ninterface eth1\r\n\tmtu 1400\r\n";
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_load l = { 0 };

	(void)state;
	assert_int_equal(cfg_load_text(s, text, sizeof(text) - 1, &l), 0);
	assert_int_equal(l.taken, 3);
	assert_text(cfg_render(cfg_candidate(s), NULL), "#\nsysname A\n#\ninterface eth1\n mtu 1400\n#\nreturn\n");
	cfg_session_free(s);
	cfg_free(c);
}

static void refused_undo(void **state)
{
	static const char text[] = "mpls lsr-id 1.1.1.9\nmpls\n#\nmpls l2vpn\n#\ninterface eth1\n mtu 1600\n mpls "
				   "static-l2vc destination 3.3.3.9 7 transmit-vpn-label 16 receive-vpn-label 16\n#\n"
				   "undo interface eth1\n mtu 1700\nundo static-lsp egress nosuch\nsysname A\n";
	static struct tally t;
	struct cfg_load l = { .tell = tell, .arg = &t };
	char *out = start_with(text, strlen(text), &l, NULL);

	(void)state;
	assert_null(strstr(out, "undo"));
	assert_non_null(strstr(out, "interface eth1\n mtu 1600\n mpls static"));
	assert_non_null(strstr(out, "sysname A"));
	assert_int_equal(l.taken, 7);
	assert_int_equal(l.refused, 3);
	free(out);
}

/* A start-up refusal of the steps (a label in use) takes out that line alone. */
static const void *seen;

static int note(void *arg, enum obj_type type, const void *old, const void *now)
{
	(void)arg;
	(void)old;
	if (type == OBJ_STATIC_LSP)
		seen = now;
	return 0;
}

static int label_in_use(void *arg, struct cfg *c)
{
	(void)arg;
	assert_true(cfg_problems_wanted(c) > CFG_PROBLEMS_MAX);		/* few rounds, however many are refused */
	if (seen)
		cfg_problem(c, OBJ_STATIC_LSP, seen, "in-label", "label 200 is used by eth1 primary");
	seen = NULL;
	return 0;
}

static void forget(void *arg)
{
	(void)arg;
	seen = NULL;
}

static void steps_refuse(void **state)
{
	static const char text[] = "sysname A\n#\nstatic-lsp egress back in-label 200\n";
	struct cfg_steps steps = { .prepare = note, .prepared = label_in_use, .abort = forget };
	static struct tally t;
	struct cfg_load l = { .tell = tell, .arg = &t };
	struct cfg *c = cfg_new(&steps);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_result r;

	(void)state;
	assert_int_equal(cfg_load_text(s, text, strlen(text), &l), 0);
	cfg_commit_startup(s, NULL, &l, &r);
	assert_int_equal(r.err, 0);
	assert_int_equal(l.refused, 1);
	assert_null(cfg_static_lsp(cfg_running(c), "back"));
	assert_text(cfg_render_inert(cfg_running(c)),
		    "3: static-lsp egress back in-label 200\n    label 200 is used by eth1 primary\n");
	cfg_session_free(s);
	cfg_free(c);
}

/* A line typed in the place of one that was refused: the old one is gone, so it cannot come back at a reload. */
static void typed_over(void **state)
{
	static const char text[] = "mpls lsr-id 1.1.1.9\n#\ninterface eth1\n mpls static-l2vc destination 3.3.3.9 7 "
				   "transmit-vpn-label 100 "
				   "receive-vpn-label 200\n mpls static-l2vc destination 4.4.4.9 8 transmit-vpn-label "
				   "100 receive-vpn-label 201 "
				   "tunnel-policy p secondary\n mpls l2vpn pw-aps 1 admin\n";
	struct cfg_load l = { 0 };
	struct cfg *c;
	struct cfg_session *s;

	(void)state;
	free(start_with(text, strlen(text), &l, &c));
	assert_int_equal(l.inert, 2);
	assert_int_equal(l.refused, 1);
	s = cfg_session_new(c);
	type_all(
		s,
		"mpls\n#\nmpls l2vpn\n#\ninterface eth1\nmpls static-l2vc destination 5.5.5.9 9 transmit-vpn-label 100 "
		"receive-vpn-label 202");
	commit_ok(s);
	assert_text(cfg_render(cfg_running(c), "eth1"),
		    "#\ninterface eth1\n"
		    " mpls static-l2vc destination 5.5.5.9 9 transmit-vpn-label 100 receive-vpn-label 202\n"
		    " mpls static-l2vc destination 4.4.4.9 8 transmit-vpn-label 100 receive-vpn-label 201 "
		    "tunnel-policy p secondary\n"
		    " mpls l2vpn pw-aps 1 admin\n#\nreturn\n");
	type_all(
		s,
		"undo mpls l2vpn pw-aps 1 admin\nundo mpls static-l2vc destination 4.4.4.9 8 transmit-vpn-label 100 "
		"receive-vpn-label 201 tunnel-policy p secondary");
	commit_ok(s);
	assert_text(cfg_render_inert(cfg_running(c)), "");
	cfg_session_free(s);
	cfg_free(c);
}

/* `undo` and the text of an inert line takes it away, with the block it opens. */
static void undo_of_inert(void **state)
{
	static const char text[] =
		"ospf 1\n area 0\n  network 1.1.1.1 0.0.0.0\n#\nospf 2\n area 0\n#\nsysname A\n#\nbfd\n";
	struct cfg_load l = { 0 };
	struct cfg *c;
	struct cfg_session *s;

	(void)state;
	free(start_with(text, strlen(text), &l, &c));
	s = cfg_session_new(c);
	type_all(s, "undo ospf 1");
	assert_true(cfg_dirty(s));
	assert_int_equal(cfg_line(s, "undo ospf 3").verdict, CFG_KNOWN);
	type_all(s, "undo bfd");
	commit_ok(s);
	assert_text(cfg_render(cfg_running(c), NULL), "#\nospf 2\n area 0\n#\nsysname A\n#\nreturn\n");
	cfg_session_free(s);
	cfg_free(c);
}

/* Two inert lines never share a place. */
static void places_are_their_own(void **state)
{
	struct anchor a = { .n = 1 };
	struct inert_new in = { .anchor = &a, .block = "", .reason = "why" };
	struct trie *root = NULL;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		in.text = i == 0 ? "first" : i == 1 ? "second" : "third";
		assert_int_equal(inert_add(&root, &in), 0);
	}
	assert_text(cfg_render(root, NULL), "#\nfirst\n#\nsecond\n#\nthird\n#\nreturn\n");
	ref_put(root);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published),
		cmocka_unit_test(published_static_pw),
		cmocka_unit_test(damaged),
		cmocka_unit_test(nothing_global),
		cmocka_unit_test(behind_return),
		cmocka_unit_test(byte_order_mark),
		cmocka_unit_test(refused_undo),
		cmocka_unit_test(steps_refuse),
		cmocka_unit_test(places_are_their_own),
		cmocka_unit_test(typed_over),
		cmocka_unit_test(undo_of_inert),
	};

	shared = argc > 2 ? argv[2] : "../shared";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
