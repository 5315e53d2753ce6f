CREATE TABLE `department_lists` (
	`id` text PRIMARY KEY DEFAULT (lower(hex(randomblob(8)))) NOT NULL,
	`name` text(80) NOT NULL,
	`ownerId` text,
	`created` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`departmentId` text NOT NULL,
	FOREIGN KEY (`departmentId`) REFERENCES `departments`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `department_lists_departmentId` ON `department_lists` (`departmentId`,`created`);--> statement-breakpoint
CREATE TABLE `departments` (
	`id` text PRIMARY KEY DEFAULT (lower(hex(randomblob(8)))) NOT NULL,
	`name` text(80) NOT NULL,
	`ownerId` text,
	`created` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`locationId` text NOT NULL,
	FOREIGN KEY (`locationId`) REFERENCES `locations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `departments_locationId` ON `departments` (`locationId`,`created`);--> statement-breakpoint
CREATE TABLE `docs` (
	`id` text PRIMARY KEY DEFAULT (lower(hex(randomblob(8)))) NOT NULL,
	`name` text(80) NOT NULL,
	`ownerId` text,
	`created` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`departmentId` text NOT NULL,
	FOREIGN KEY (`departmentId`) REFERENCES `departments`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `docs_departmentId` ON `docs` (`departmentId`,`created`);--> statement-breakpoint
CREATE TABLE `folders` (
	`id` text PRIMARY KEY DEFAULT (lower(hex(randomblob(8)))) NOT NULL,
	`name` text(80) NOT NULL,
	`ownerId` text,
	`created` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`departmentId` text NOT NULL,
	FOREIGN KEY (`departmentId`) REFERENCES `departments`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `folders_departmentId` ON `folders` (`departmentId`,`created`);--> statement-breakpoint
CREATE TABLE `locations` (
	`id` text PRIMARY KEY DEFAULT (lower(hex(randomblob(8)))) NOT NULL,
	`name` text(80) NOT NULL,
	`ownerId` text,
	`created` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sprint_folders` (
	`id` text PRIMARY KEY DEFAULT (lower(hex(randomblob(8)))) NOT NULL,
	`name` text(80) NOT NULL,
	`ownerId` text,
	`created` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`departmentId` text NOT NULL,
	FOREIGN KEY (`departmentId`) REFERENCES `departments`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sprint_folders_departmentId` ON `sprint_folders` (`departmentId`,`created`);