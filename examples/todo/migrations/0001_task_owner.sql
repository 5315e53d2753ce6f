-- A task's ownerId is its list's, whoever writes: the server, another program, or a person at a terminal.
-- A write that would leave it otherwise is replaced by the right one before it happens, so that no row with a wrong
-- owner ever exists, not even within a transaction. (A statement replaced this way RETURNs no row.)
CREATE TRIGGER `tasks_owner_insert` BEFORE INSERT ON `tasks`
WHEN NEW.`ownerId` IS NOT (SELECT `ownerId` FROM `lists` WHERE `id` = NEW.`listId`)
BEGIN
	INSERT INTO `tasks` (`id`, `text`, `done`, `listId`, `ownerId`)
	VALUES (
		-- Without an explicit id, NEW.id is not positive here.
		CASE WHEN NEW.`id` > 0 THEN NEW.`id` END,
		NEW.`text`, NEW.`done`, NEW.`listId`,
		(SELECT `ownerId` FROM `lists` WHERE `id` = NEW.`listId`)
	);
	SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_owner_update` BEFORE UPDATE ON `tasks`
WHEN NEW.`ownerId` IS NOT (SELECT `ownerId` FROM `lists` WHERE `id` = NEW.`listId`)
BEGIN
	UPDATE `tasks`
	SET `id` = NEW.`id`, `text` = NEW.`text`, `done` = NEW.`done`, `listId` = NEW.`listId`,
		`ownerId` = (SELECT `ownerId` FROM `lists` WHERE `id` = NEW.`listId`)
	WHERE `id` = OLD.`id`;
	SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
CREATE TRIGGER `lists_owner_update` AFTER UPDATE OF `ownerId` ON `lists`
WHEN NEW.`ownerId` IS NOT OLD.`ownerId`
BEGIN
	UPDATE `tasks` SET `ownerId` = NEW.`ownerId` WHERE `listId` = NEW.`id`;
END;
--> statement-breakpoint
-- The sqlite3 program does not enforce foreign keys unless told to.
CREATE TRIGGER `lists_delete` AFTER DELETE ON `lists`
BEGIN
	DELETE FROM `tasks` WHERE `listId` = OLD.`id`;
END;
