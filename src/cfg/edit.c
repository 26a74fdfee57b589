/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * edit.c: set and undo, by the target of the row: a field, a slot, a list element, an object.
 */
#include "cfg/edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/ifname.h"
#include "cfg/inert.h"
#include "cfg/leaves.h"
#include "cfg/store.h"
#include "cfg/value.h"

struct edit {
	struct trie **root;
	const struct trie *base;
	struct place *at;
	const struct parsed *p;
	const struct command *cmd;
	const void **touched;
	struct cfg_answer answer;
};

static void refuse(struct edit *e, const char *text)
{
	e->answer.verdict = CFG_REFUSED;
	snprintf(e->answer.text, sizeof(e->answer.text), "%s", text);
}

static bool refused(struct edit *e, const struct refusal *r)
{
	if (r->verdict == CFG_OK)
		return false;
	e->answer.verdict = r->verdict;
	snprintf(e->answer.text, sizeof(e->answer.text), "%s", r->text);
	return true;
}

static void done(struct edit *e, int err)
{
	if (err)
		e->answer.verdict = CFG_NOMEM;
}

/* ---- records --------------------------------------------------------------------------------------- */

static void clear_row(const struct command *cmd, void *rec)
{
	for (const struct leaf *const *l = cmd->leaves; *l; l++)
		leaf_clear(*l, rec);
}

static void value_of(const struct bound *b, struct value *v)
{
	memset(v, 0, sizeof(*v));
	if (b->text)
		leaf_read(b->leaf, b->text, b->len, v);
	else
		v->num = b->word;
}

static int assign(const struct parsed *p, void *rec)
{
	struct value v;

	for (size_t i = 0; i < p->n; i++) {
		value_of(&p->bound[i], &v);
		if (!leaf_store(p->bound[i].leaf, rec, &v))
			return -ENOMEM;
	}
	return 0;
}

uint32_t edit_index(const struct parsed *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->bound[i].leaf->index)
			return p->bound[i].word;
	return 0;
}

static bool all_held(const struct parsed *p, const void *rec)
{
	struct value v;

	for (size_t i = 0; i < p->n; i++) {
		value_of(&p->bound[i], &v);
		if (!p->bound[i].leaf->index && !leaf_holds(p->bound[i].leaf, rec, &v))
			return false;
	}
	return true;
}

/* ---- the object of a view ---------------------------------------------------------------------------- */

/* Its view; the object may be there without. */
static const struct m_l2vpn_peer *l2vpn_peer(const struct trie *root, const char *name)
{
	const struct m_l2vpn_peer *p;
	struct value v;

	if (!leaf_read(&leaf_l2p_peer, name, strlen(name), &v))
		return NULL;
	p = cfg_l2vpn_peer(root, v.num);
	return p && p->view ? p : NULL;
}

const void *edit_view_object(const struct trie *root, const struct place *at)
{
	switch (at->view) {
	case VIEW_INTERFACE:
		return cfg_interface(root, at->name);
	case VIEW_PW_TEMPLATE:
		return cfg_pw_template(root, at->name);
	case VIEW_LDP:
		return cfg_ldp(root);
	case VIEW_REMOTE_PEER:
		return cfg_remote_peer(root, at->name);
	case VIEW_L2VPN_PEER:
		return l2vpn_peer(root, at->name);
	default:
		return cfg_system(root);
	}
}

static const void *view_object(const struct edit *e)
{
	return edit_view_object(*e->root, e->at);
}

static enum obj_type view_type(const struct edit *e)
{
	return cfg_views[e->at->view].object;
}

/* Binds @now (owned, taken over), or the equal object that is or was there. */
static int bind(struct edit *e, enum obj_type type, void *now)
{
	const void *was = store_get(*e->root, type, now), *base = store_get(e->base, type, now);
	int err = 0;

	if (!object_same(type, was, now))
		err = store_put(e->root, type, object_same(type, base, now) ? base : now);
	if (!err)
		*e->touched = store_get(*e->root, type, now);
	ref_put(now);
	return err;
}

uint8_t edit_kind(const struct m_interface *m)
{
	return m->loopback ? ON_LOOPBACK : m->parent[0] ? ON_SUB : ON_PORT;
}

static const char *const kinds[] = {
	[ON_PORT] = "This command is for ports",
	[ON_SUB] = "This command is for sub-interfaces",
	[ON_PORT | ON_SUB] = "This command is not for loopback interfaces",
};

static bool wrong_kind(struct edit *e, const void *obj)
{
	if (e->at->view != VIEW_INTERFACE || !e->cmd->on || e->cmd->on & edit_kind(obj))
		return false;
	refuse(e, kinds[e->cmd->on]);
	return true;
}

/* ---- set ------------------------------------------------------------------------------------------------ */

/* Room for one more at the end of a list. */
static int list_grow(const struct command *cmd, void *obj)
{
	uint8_t *count = (uint8_t *)obj + cmd->counter;
	void **list = (void **)(void *)((uint8_t *)obj + cmd->element);
	void *more = realloc(*list, (*count + 1u) * cmd->size);

	if (!more)
		return -ENOMEM;
	*list = more;
	++*count;
	return 0;
}

static bool set_list(struct edit *e, void *obj, uint32_t *index)
{
	const uint8_t *count = (uint8_t *)obj + e->cmd->counter;
	uint8_t rec[64] = { 0 };
	int err = assign(e->p, rec);

	*index = e->cmd->slot(obj, rec);
	if (*index >= e->cmd->many) {
		refuse(e, "There is no room for more of these: remove one first");
		return false;
	}
	if (!err && *index == *count)
		err = list_grow(e->cmd, obj);
	done(e, err);
	if (!err)
		memcpy(row_record(e->cmd, obj, *index), rec, e->cmd->size);
	return !err;
}

static bool set_element(struct edit *e, void *obj, uint32_t *index)
{
	void *rec;
	int err;

	if (e->cmd->target == T_LIST)
		return set_list(e, obj, index);
	*index = edit_index(e->p);
	rec = row_record(e->cmd, obj, *index);
	clear_row(e->cmd, rec);
	err = assign(e->p, rec);
	done(e, err);
	return !err;
}

static void set_in_view(struct edit *e)
{
	struct refusal r = { 0 };
	uint32_t index = 0;
	void *obj = object_copy(view_type(e), view_object(e));

	if (!obj) {
		done(e, -ENOMEM);
		return;
	}
	if (wrong_kind(e, obj) || !set_element(e, obj, &index)) {
		ref_put(obj);
		return;
	}
	if (e->cmd->check)
		e->cmd->check(obj, index, &r);
	if (e->cmd->change && r.verdict == CFG_OK)
		e->cmd->change(view_object(e), obj, index, &r);
	if (refused(e, &r))
		ref_put(obj);
	else
		done(e, bind(e, view_type(e), obj));
}

static void complete_interface(struct m_interface *m)
{
	const char *why;

	m->loopback = ifname_class(m->name, &why) == IF_LOOPBACK;
	ifname_parent(m->name, m->parent);
}

/* The row's object as the line makes it; NULL: out of memory. */
static void *object_made(struct edit *e)
{
	void *obj = object_new(e->cmd->object), *more;

	if (!obj || assign(e->p, obj)) {
		ref_put(obj);
		return NULL;
	}
	if (e->cmd->object == OBJ_INTERFACE)
		complete_interface(obj);
	if (!e->cmd->shared || !store_get(*e->root, e->cmd->object, obj))
		return obj;
	more = object_copy(e->cmd->object, store_get(*e->root, e->cmd->object, obj));
	ref_put(obj);
	if (more && !assign(e->p, more))
		return more;
	ref_put(more);
	return NULL;
}

/* It opens a view that is there: nothing changes. */
static bool only_enters(const struct edit *e, const void *was, const void *obj)
{
	return was && e->cmd->opens && (!e->cmd->shared || object_same(e->cmd->object, was, obj));
}

static void set_object(struct edit *e)
{
	struct refusal r = { 0 };
	void *obj = object_made(e);
	const void *was;

	if (!obj) {
		done(e, -ENOMEM);
		return;
	}
	if (e->cmd->check)
		e->cmd->check(obj, 0, &r);
	was = store_get(*e->root, e->cmd->object, obj);
	if (refused(e, &r)) {
		ref_put(obj);
	} else if (only_enters(e, was, obj)) {
		*e->touched = was;
		ref_put(obj);
	} else {
		done(e, bind(e, e->cmd->object, obj));
	}
}

void edit_place(struct place *at, enum cfg_view view, const void *obj)
{
	const struct command *row = view_opener(view);
	const struct leaf *key = row && row->target == T_OBJECT ? row->leaves[0] : NULL;
	struct value v;

	*at = (struct place){ .view = view };
	if (!key)
		return;
	if (key->type == LT_IPV4) {
		leaf_print(key, obj, 0, at->name, sizeof(at->name));
	} else {
		leaf_load(key, obj, 0, &v);
		snprintf(at->name, sizeof(at->name), "%.*s", (int)sizeof(at->name) - 1, v.text);
	}
}

/* ---- undo -------------------------------------------------------------------------------------------------- */

int edit_block_gone(struct trie **root, enum cfg_view view, const void *obj)
{
	uint8_t place[PLACE_MAX];

	return inert_drop_inside(root, place, place_of(place, view_opener(view), obj));
}

static int after_undo(struct trie **root, const struct command *cmd, const void *old)
{
	int err = cmd->opens ? edit_block_gone(root, cmd->opens, old) : 0;

	return err || !cmd->undone ? err : cmd->undone(root, old);
}

static void remove_element(const struct command *cmd, void *obj, uint32_t i)
{
	uint8_t *count = (uint8_t *)obj + cmd->counter;
	void **list = (void **)(void *)((uint8_t *)obj + cmd->element);

	if (cmd->target != T_LIST) {
		clear_row(cmd, row_record(cmd, obj, i));
		return;
	}
	--*count;
	memmove(row_record(cmd, obj, i), row_record(cmd, obj, i + 1), (size_t)(*count - i) * cmd->size);
	if (*count == 0) {
		free(*list);
		*list = NULL;
	}
}

static bool undo_list(struct edit *e, void *obj)
{
	const uint8_t *count = (uint8_t *)obj + e->cmd->counter;
	bool any = false;

	for (uint32_t i = *count; i-- > 0;) {
		if (!all_held(e->p, row_record(e->cmd, obj, i)))
			continue;
		remove_element(e->cmd, obj, i);
		any = true;
	}
	return any || e->p->n == 0;
}

/* The line gives a value, by a word or not, and another is there. */
static bool other_value(const struct parsed *p, const void *rec)
{
	struct value v;

	for (size_t i = 0; i < p->n; i++) {
		const struct bound *b = &p->bound[i];

		value_of(b, &v);
		if ((b->text || b->word) && !b->leaf->index && !leaf_unset(b->leaf, rec) && !leaf_holds(b->leaf, rec, &v))
			return true;
	}
	return false;
}

/* What of the line alone is meant, NULL: all of it. */
static const struct leaf *part_of(const struct parsed *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->bound[i].leaf->part)
			return p->bound[i].leaf;
	return NULL;
}

static bool undo_element(struct edit *e, void *obj)
{
	uint32_t index = edit_index(e->p);
	const struct leaf *part = part_of(e->p);

	if (other_value(e->p, row_record(e->cmd, obj, index)))
		return false;
	if (part)
		leaf_clear(part, row_record(e->cmd, obj, index));
	else
		remove_element(e->cmd, obj, index);
	return true;
}

static void undo_in_view(struct edit *e)
{
	const void *old = view_object(e);
	void *obj = object_copy(view_type(e), old);
	struct refusal r = { 0 };
	int err;

	if (!obj) {
		done(e, -ENOMEM);
		return;
	}
	if (e->cmd->undo_check)
		e->cmd->undo_check(*e->root, obj, edit_index(e->p), &r);
	if (wrong_kind(e, obj) || refused(e, &r)) {
		ref_put(obj);
		return;
	}
	if (e->cmd->target == T_LIST ? !undo_list(e, obj) : !undo_element(e, obj)) {
		refuse(e, "There is no such line in the configuration: display this shows what there is");
		ref_put(obj);
		return;
	}
	err = bind(e, view_type(e), obj);
	done(e, err ? err : after_undo(e->root, e->cmd, old));
}

struct undo_objects {
	struct edit *e;
	struct trie *root;		/* being changed */
	unsigned int found;
	int err;
};

/* The lines of @view go with the line that opens it. */
static void remove_inside(enum cfg_view view, void *obj)
{
	for (size_t i = 0; i < cfg_n_commands && view; i++)
		if (cfg_commands[i].view == view && cfg_commands[i].target == T_FIELDS)
			clear_row(&cfg_commands[i], obj);
}

/* The object without what the row says of it. */
static int without_row(struct trie **root, const struct command *cmd, const void *obj)
{
	void *now;
	int err;

	if (!cmd->shared)
		return store_drop(root, cmd->object, obj);
	now = object_copy(cmd->object, obj);
	if (!now)
		return -ENOMEM;
	for (const struct leaf *const *l = cmd->leaves + 1; *l; l++)	/* behind the key */
		leaf_clear(*l, now);
	remove_inside(cmd->opens, now);
	err = store_put(root, cmd->object, now);
	ref_put(now);
	return err;
}

static int undo_one(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct undo_objects *u = arg;
	const struct command *cmd = u->e->cmd;
	struct refusal r = { 0 };

	(void)key;
	(void)len;
	if (!all_held(u->e->p, val))
		return 0;
	u->found++;
	if (cmd->undo_check)
		cmd->undo_check(u->root, val, 0, &r);
	if (refused(u->e, &r))
		return 1;
	u->err = without_row(&u->root, cmd, val);
	if (!u->err)
		u->err = after_undo(&u->root, cmd, val);
	return u->err;
}

static void undo_object(struct edit *e)
{
	struct undo_objects u = { e, ref_get(*e->root), 0, 0 };
	void *like = object_new(e->cmd->object);
	uint8_t stem[KEY_MAX];

	if (!like || assign(e->p, like)) {
		ref_put(like);
		ref_put(u.root);
		done(e, -ENOMEM);
		return;
	}
	trie_walk(*e->root, stem, store_stem(e->cmd->object, like, stem), undo_one, &u);
	ref_put(like);
	if (!u.found)
		refuse(e, "There is no such line in the configuration: display this shows what there is");
	done(e, u.err);
	if (e->answer.verdict != CFG_OK) {
		ref_put(u.root);
		return;
	}
	ref_put(*e->root);
	*e->root = u.root;
}

/* ---- inert lines of the same meaning ------------------------------------------------------------------------ */

const struct command *view_opener(enum cfg_view view)
{
	for (size_t i = 0; i < cfg_n_commands; i++)
		if (view != VIEW_SYSTEM && cfg_commands[i].opens == view)
			return &cfg_commands[i];
	return NULL;
}

size_t edit_block(const struct trie *root, const struct place *at, uint8_t *place)
{
	struct place outer = { .view = cfg_views[at->view].parent };
	bool nested = outer.view != VIEW_NONE && outer.view != VIEW_SYSTEM;
	const struct command *row = view_opener(nested ? outer.view : at->view);
	const void *obj = edit_view_object(root, nested ? &outer : at);

	return row && obj ? place_of(place, row, obj) : 0;
}

static void supersede(struct edit *e)
{
	uint8_t place[PLACE_MAX];
	size_t n = edit_block(*e->root, e->at, place);
	bool inside = n > 0;

	if (e->cmd->target == T_LIST)
		return;		/* which element an inert line meant is not known */
	if (!inside && (e->cmd->target != T_OBJECT || *e->touched))
		n = place_of(place, e->cmd, *e->touched);
	if (n)
		done(e, inert_drop_meant(e->root, place, n,
					 &(struct inert_meant){ e->cmd, edit_index(e->p), inside, e->p->undo }));
}

/* ---- both ---------------------------------------------------------------------------------------------------- */

struct cfg_answer edit_apply(struct trie **root, const struct trie *base, struct place *at, const struct parsed *p,
			     bool typed, const void **touched)
{
	struct trie *work = ref_get(*root);
	struct edit e = { &work, base, at, p, p->cmd, touched, { .verdict = CFG_OK } };

	*touched = NULL;
	if (p->unbuilt) {
		e.answer.verdict = CFG_KNOWN;
		snprintf(e.answer.text, sizeof(e.answer.text), "%s", p->unbuilt);
	} else if (p->undo) {
		p->cmd->target == T_OBJECT ? undo_object(&e) : undo_in_view(&e);
	} else {
		p->cmd->target == T_OBJECT ? set_object(&e) : set_in_view(&e);
	}
	if (e.answer.verdict == CFG_OK && typed)
		supersede(&e);
	if (e.answer.verdict != CFG_OK) {
		ref_put(work);
		return e.answer;
	}
	ref_put(*root);
	*root = work;
	if (!p->undo && p->cmd->opens)
		edit_place(at, p->cmd->opens, *touched);
	return e.answer;
}

int edit_remove(struct trie **root, const struct command *cmd, const void *obj, uint32_t index)
{
	enum obj_type type = cmd->target == T_OBJECT ? cmd->object : cfg_views[cmd->view].object;
	struct trie *work = ref_get(*root);
	void *now;
	int err;

	if (cmd->target == T_OBJECT) {
		err = without_row(&work, cmd, obj);
	} else {
		now = object_copy(type, obj);
		if (now) {
			remove_element(cmd, now, index);
			remove_inside(cmd->opens, now);
		}
		err = now ? store_put(&work, type, now) : -ENOMEM;
		ref_put(now);
	}
	if (!err && cmd->opens)
		err = edit_block_gone(&work, cmd->opens, obj);
	if (err) {
		ref_put(work);
		return err;
	}
	ref_put(*root);
	*root = work;
	return 0;
}
