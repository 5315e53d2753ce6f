CREATE TABLE `lists` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text(64) NOT NULL,
	`ownerId` text,
	FOREIGN KEY (`ownerId`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `lists_ownerId` ON `lists` (`ownerId`);--> statement-breakpoint
CREATE TABLE `patients` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`firstName` text(64) NOT NULL,
	`lastName` text(64) NOT NULL,
	`birthDate` text(10) NOT NULL,
	`ward` text(64) NOT NULL,
	`status` text NOT NULL,
	`notes` text(1000) DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `patients_ward` ON `patients` (`ward`);--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`text` text(140) NOT NULL,
	`done` integer DEFAULT false NOT NULL,
	`listId` integer NOT NULL,
	`ownerId` text,
	FOREIGN KEY (`listId`) REFERENCES `lists`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `tasks_listId` ON `tasks` (`listId`);--> statement-breakpoint
CREATE INDEX `tasks_ownerId` ON `tasks` (`ownerId`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
