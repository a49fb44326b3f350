BEGIN TRANSACTION;
CREATE TABLE change (
            label TEXT NOT NULL,
            key TEXT NOT NULL,
            revision INTEGER NOT NULL,
            pending_since INTEGER,
            actor TEXT NOT NULL,
            source TEXT NOT NULL,
            run TEXT NOT NULL,
            PRIMARY KEY (label, key)
        ) WITHOUT ROWID
        ;
INSERT INTO "change" VALUES('Table','hive://gold.core/orders',1700000000000000,1700000000000000,'','csv','1');
INSERT INTO "change" VALUES('User','ann',1700000000000001,1700000000000000,'ann','','');
CREATE TABLE edge (
            source INTEGER NOT NULL,
            type TEXT NOT NULL,
            target INTEGER NOT NULL,
            props TEXT NOT NULL,
            PRIMARY KEY (source, type, target)
        ) WITHOUT ROWID
        ;
INSERT INTO "edge" VALUES(1,'READ_BY',2,'{"read_count":5}');
CREATE TABLE node (
            id INTEGER PRIMARY KEY,
            label TEXT NOT NULL,
            key TEXT NOT NULL,
            props TEXT NOT NULL,
            popularity REAL
        );
INSERT INTO "node" VALUES(1,'Table','hive://gold.core/orders','{"name":"orders","is_view":false,"fram_readers":1,"fram_reads":5,"fram_popularity":1.6094379124341003}',1.60943791243410028179e+00);
INSERT INTO "node" VALUES(2,'User','ann','{"full_name":"Ann 😀","fram_edited":["full_name"]}',NULL);
INSERT INTO "node" VALUES(3,'Fram_Edit','bdc54fd2408388b54846229c0ab9c1fcc588e2ea2112c409e1ea73cd461e2997/00001700000000000001-000000-eafac6b6','{"root_label":"User","root_key":"ann","revision":1700000000000001,"at":1700000000000000,"actor":"ann","action":"set","label":"User","node":"ann","property":"full_name","after":"Ann 😀"}',NULL);
CREATE UNIQUE INDEX node_identity ON node (label, key);
CREATE INDEX node_popularity ON node (label, popularity DESC, key) WHERE popularity IS NOT NULL;
CREATE INDEX edge_incoming ON edge (target, type, source);
CREATE INDEX change_pending ON change (pending_since, label, key) WHERE pending_since IS NOT NULL;
COMMIT;
PRAGMA user_version = 1;
