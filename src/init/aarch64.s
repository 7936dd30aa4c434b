// Emitted by .ci/init from main.rs: rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)
.Lbelljar_begin_program:
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x29, sp
	ldr	x2, [x0, #4192]
	mov	x1, xzr
	mov	x19, x0
	bl	.Lbelljar_run
	mov	w8, #4208
	str	w0, [x19, #4212]
	add	x8, x19, x8
	stlr	w1, [x8]
	ldr	x8, [x19, #4224]
	tbnz	x8, #63, .Lbelljar_BB0_4
	mov	w8, #4220
	add	x8, x19, x8
	ldar	w8, [x8]
	cbnz	w8, .Lbelljar_BB0_3
	mov	w8, #134217728
	ldrb	wzr, [x8]
.Lbelljar_BB0_3:
	isb
	b	.Lbelljar_BB0_3
.Lbelljar_BB0_4:
	bl	.Lbelljar_exit
.Lbelljar_begin:
	sub	sp, sp, #64
	mov	x8, #-1
	mov	w9, #4248
	ldr	x2, [x0]
	stp	xzr, x8, [sp, #16]
	mov	x1, sp
	str	x8, [sp, #32]
	add	x8, x0, x9
	stp	x29, x30, [sp, #48]
	add	x29, sp, #48
	strb	wzr, [sp, #40]
	stp	x0, x8, [sp]
	bl	.Lbelljar_run
	mov	w2, w0
	mov	w3, w1
	mov	x0, sp
	mov	w1, w2
	mov	w2, w3
	bl	.Lbelljar_fail
.Lbelljar_fail:
	mov	x9, x0
	ldp	x8, x0, [x0, #8]
	stp	w1, w2, [x8, #4]
	cbz	x0, .Lbelljar_BB2_3
	ldrb	w8, [x9, #40]
	tbnz	w8, #0, .Lbelljar_BB2_3
	mov	w8, #129
	mov	w1, #9
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB2_3:
	stp	x29, x30, [sp, #-16]!
	mov	x0, x9
	mov	w1, #2
	mov	x29, sp
	bl	.Lbelljar_send
	bl	.Lbelljar_exit
.Lbelljar_send:
	ldp	x8, x9, [x0]
	mov	w2, #272
	mov	w3, #16384
	mov	x4, xzr
	mov	x5, xzr
	str	w1, [x9]
	mov	x1, x9
	ldr	w0, [x8, #56]
	mov	w8, #206
	svc	#0
	ret
.Lbelljar_leave:
	mov	x8, x0
	ldr	x0, [x0, #16]
	cbz	x0, .Lbelljar_BB4_3
	ldrb	w8, [x8, #40]
	tbnz	w8, #0, .Lbelljar_BB4_3
	mov	w8, #129
	mov	w1, #9
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB4_3:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	.Lbelljar_exit
.Lbelljar_exit:
	stp	x29, x30, [sp, #-16]!
	mov	x0, xzr
	mov	w8, #94
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x29, sp
	udf	#0
	brk	#0x1
.Lbelljar_run:
	sub	sp, sp, #368
	mov	x17, #256
	mov	w13, #4204
	stp	x28, x27, [sp, #288]
	movk	x17, #32, lsl #16
	stp	x26, x25, [sp, #304]
	add	x14, x0, x13
	stp	x24, x23, [sp, #320]
	mov	w15, #200
	mov	w26, #4100
	stp	x22, x21, [sp, #336]
	mov	x22, x2
	mov	x21, x0
	stp	x20, x19, [sp, #352]
	mov	x19, x1
	mov	w20, wzr
	mov	w16, #4099
	mov	w28, #4097
	mov	w25, #4200
	mov	w23, #1
	movk	x17, #2, lsl #32
	mov	w18, #17
	mov	w6, #4096
	mov	w7, #4102
	mov	w27, #4101
	add	x24, sp, #32
	stp	x29, x30, [sp, #272]
	add	x29, sp, #272
	str	x14, [sp, #8]
.Lbelljar_BB6_1:
	str	w15, [sp, #20]
.Lbelljar_BB6_2:
	ldur	q0, [x22, #24]
	ldur	q1, [x22, #40]
	mov	x8, xzr
	ldur	q2, [x22, #56]
	stp	q0, q1, [sp, #32]
	str	q2, [sp, #64]
.Lbelljar_BB6_3:
	ldrb	w9, [x22, #4]
	lsr	w9, w9, w8
	tbz	w9, #0, .Lbelljar_BB6_5
	ldr	x9, [x24, x8, lsl #3]
	ldar	x9, [x9]
	str	x9, [x24, x8, lsl #3]
.Lbelljar_BB6_5:
	add	x8, x8, #1
	cmp	x8, #6
	b.ne	.Lbelljar_BB6_3
	ldr	w8, [x22]
	cmp	w8, w26
	b.gt	.Lbelljar_BB6_11
	cmp	w8, #1, lsl #12
	b.eq	.Lbelljar_BB6_30
	cmp	w8, w16
	b.eq	.Lbelljar_BB6_34
	cmp	w8, w26
	b.ne	.Lbelljar_BB6_14
	mov	x8, xzr
	sub	x11, x8, w20, uxtw
	b	.Lbelljar_BB6_55
.Lbelljar_BB6_11:
	cmp	w8, w27
	b.eq	.Lbelljar_BB6_23
	mov	w9, #4103
	cmp	w8, w9
	b.eq	.Lbelljar_BB6_36
	mov	w9, #4104
	cmp	w8, w9
	b.eq	.Lbelljar_BB6_32
.Lbelljar_BB6_14:
	cbz	x19, .Lbelljar_BB6_28
	cmp	w8, w28
	b.ne	.Lbelljar_BB6_26
	ldr	x9, [x19]
	add	x8, x22, #72
	str	x8, [x9, #4192]
	add	x12, x9, #96
	add	x10, x9, x25
	str	w23, [x9, #4200]
	ldr	x8, [x9, #64]
	tbnz	x8, #63, .Lbelljar_BB6_19
	stp	x17, xzr, [sp, #112]
	add	x0, sp, #112
	mov	w1, #88
	stp	x10, xzr, [sp, #128]
	mov	x2, xzr
	mov	x3, xzr
	stp	x18, x12, [sp, #144]
	mov	x4, xzr
	stp	x6, xzr, [sp, #160]
	stp	xzr, xzr, [sp, #176]
	str	x8, [sp, #192]
	mov	w8, #435
	str	w23, [x9, #4216]
	svc	#0
	cbnz	x0, .Lbelljar_tmp0
	mov	x29, xzr
	mov	x0, x9
	bl	.Lbelljar_program
.Lbelljar_tmp0:
	tbz	x0, #63, .Lbelljar_BB6_20
	str	wzr, [x9, #4216]
.Lbelljar_BB6_19:
	mov	w0, #273
	add	x1, x12, #1, lsl #12
	mov	w8, #220
	movk	w0, #32, lsl #16
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, x10
	svc	#0
	cbnz	x0, .Lbelljar_tmp1
	mov	x29, xzr
	mov	x0, x9
	bl	.Lbelljar_program
.Lbelljar_tmp1:
.Lbelljar_BB6_20:
	mov	x11, x0
	cmp	x0, #1
	b.lt	.Lbelljar_BB6_24
	str	x11, [x19, #16]
	b	.Lbelljar_BB6_25
.Lbelljar_BB6_22:
	add	x0, x21, x13
	mov	w8, #98
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB6_23:
	ldar	w8, [x14]
	cbnz	w8, .Lbelljar_BB6_33
	b	.Lbelljar_BB6_22
.Lbelljar_BB6_24:
	cmn	x11, #1, lsl #12
	b.hi	.Lbelljar_BB6_57
.Lbelljar_BB6_25:
	ldr	x22, [x21, #8]
	b	.Lbelljar_BB6_2
.Lbelljar_BB6_26:
	cmp	w8, w7
	b.eq	.Lbelljar_BB6_37
	mov	w9, #4098
	cmp	w8, w9
	b.eq	.Lbelljar_BB6_89
.Lbelljar_BB6_28:
	ldp	x0, x1, [sp, #32]
	ldp	x2, x3, [sp, #48]
	ldp	x4, x5, [sp, #64]
	svc	#0
.Lbelljar_BB6_29:
	mov	x11, x0
	b	.Lbelljar_BB6_55
.Lbelljar_BB6_30:
	ldp	x8, x9, [sp, #32]
	ldar	x8, [x8]
	ldr	x10, [sp, #48]
	and	x8, x9, x8
	cmp	x8, x10
	b.eq	.Lbelljar_BB6_33
	ldr	x8, [sp, #56]
	b	.Lbelljar_BB6_35
.Lbelljar_BB6_32:
	ldr	w8, [x21, #4216]
	cbz	w8, .Lbelljar_BB6_43
.Lbelljar_BB6_33:
	mov	x11, xzr
	b	.Lbelljar_BB6_56
.Lbelljar_BB6_34:
	ldr	x8, [sp, #32]
.Lbelljar_BB6_35:
	neg	x11, x8
	b	.Lbelljar_BB6_55
.Lbelljar_BB6_36:
	mov	w8, #134217728
	mov	x11, xzr
	ldrb	wzr, [x8]
	b	.Lbelljar_BB6_62
.Lbelljar_BB6_37:
	mov	w8, #65536
	ldp	x9, x13, [sp, #32]
	str	x8, [sp, #80]
	mov	x0, #-1
	mov	w3, #2048
	add	x1, sp, #80
	ldr	x27, [x19]
	mov	w8, #74
	mov	w2, #8
	movk	w3, #8, lsl #16
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	w12, #4204
	cmn	x0, #1, lsl #12
	str	x0, [x19, #32]
	b.hi	.Lbelljar_BB6_41
	stp	xzr, xzr, [sp, #112]
	mov	w0, #1
	add	x1, sp, #112
	mov	w8, #113
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldp	x8, x10, [sp, #112]
	mov	w11, #51712
	movk	w11, #15258, lsl #16
	madd	x8, x8, x11, x10
	ldr	x10, [x19, #8]
	str	x8, [x10, #16]
	cbz	x9, .Lbelljar_BB6_44
	mov	w0, #16902
	ldr	x1, [x19, #16]
	mov	w8, #117
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB6_66
	mov	w8, #4208
	add	x8, x27, x8
	ldar	w2, [x8]
	cbnz	w2, .Lbelljar_BB6_94
.Lbelljar_BB6_41:
	mov	x11, x0
.Lbelljar_BB6_42:
	mov	x17, #256
	ldr	x14, [sp, #8]
	ldr	w15, [sp, #20]
	movk	x17, #32, lsl #16
	mov	w13, #4204
	mov	w16, #4099
	movk	x17, #2, lsl #32
	mov	w18, #17
	mov	w6, #4096
	mov	w7, #4102
	mov	w27, #4101
	b	.Lbelljar_BB6_55
.Lbelljar_BB6_43:
	ldp	x0, x1, [sp, #32]
	mov	w8, #64
	ldr	x2, [sp, #48]
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB6_29
.Lbelljar_BB6_44:
	add	x0, x27, x12
	mov	w8, #98
	mov	w1, #1
	stlr	w23, [x0]
	mov	w2, #1
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB6_45:
	ldr	x9, [x19]
	mov	x17, #256
	mov	w16, #4099
	movk	x17, #32, lsl #16
	mov	w18, #17
	mov	w6, #4096
	add	x10, x9, x25
	movk	x17, #2, lsl #32
	mov	w7, #4102
	ldar	w8, [x10]
	ldr	x14, [sp, #8]
	ldr	w15, [sp, #20]
	mov	w27, #4101
	cbz	w8, .Lbelljar_BB6_53
.Lbelljar_BB6_46:
	ldr	x8, [x9, #4224]
	tbnz	x8, #63, .Lbelljar_BB6_49
	mov	w8, #4208
	add	x8, x9, x8
	ldar	w8, [x8]
	cbnz	w8, .Lbelljar_BB6_53
	mov	w8, #16960
	movk	w8, #15, lsl #16
	b	.Lbelljar_BB6_50
.Lbelljar_BB6_49:
	mov	w8, #57600
	movk	w8, #1525, lsl #16
.Lbelljar_BB6_50:
	stp	xzr, x8, [x29, #-24]
	add	x0, x9, x25
	sub	x3, x29, #24
	mov	w8, #98
	mov	x1, xzr
	mov	w2, #1
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldar	w8, [x10]
	cbz	w8, .Lbelljar_BB6_52
	ldur	q0, [x9, #40]
	stp	xzr, xzr, [sp, #88]
	add	x0, sp, #112
	add	x2, sp, #88
	mov	w8, #73
	mov	w1, #2
	str	q0, [sp, #112]
	mov	x3, xzr
	mov	w4, #8
	mov	x5, xzr
	svc	#0
	cmp	x0, #1
	b.ge	.Lbelljar_BB6_90
.Lbelljar_BB6_52:
	ldar	w8, [x10]
	cbnz	w8, .Lbelljar_BB6_46
.Lbelljar_BB6_53:
	mov	w8, #4208
	add	x8, x9, x8
	ldar	w2, [x8]
	cbnz	w2, .Lbelljar_BB6_93
	mov	x11, xzr
	mov	w13, #4204
.Lbelljar_BB6_55:
	cmn	x11, #1, lsl #12
	b.hi	.Lbelljar_BB6_57
.Lbelljar_BB6_56:
	ldr	w8, [x22]
	cmp	w8, w26
	b.ne	.Lbelljar_BB6_62
.Lbelljar_BB6_57:
	neg	x8, x11
	cmp	w8, #26
	b.ne	.Lbelljar_BB6_59
	cbnz	w15, .Lbelljar_BB6_86
.Lbelljar_BB6_59:
	cmp	w8, #63
	b.hi	.Lbelljar_BB6_87
	ldr	x9, [x22, #16]
	lsr	x9, x9, x8
	tbz	w9, #0, .Lbelljar_BB6_87
	cmp	w20, #13
	csel	w20, w20, w8, eq
	b	.Lbelljar_BB6_65
.Lbelljar_BB6_62:
	ldrb	w8, [x22, #5]
	cbnz	w8, .Lbelljar_BB6_88
	ldr	x8, [x22, #8]
	cbz	x8, .Lbelljar_BB6_65
	stlr	x11, [x8]
.Lbelljar_BB6_65:
	add	x22, x22, #72
	b	.Lbelljar_BB6_2
.Lbelljar_BB6_66:
	mov	w9, #4204
	str	x13, [sp]
	mov	w1, #1
	add	x8, x27, x9
	add	x0, x27, x9
	mov	w2, #1
	stlr	w23, [x8]
	mov	w8, #98
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	w8, #4224
	add	x8, x27, x8
	str	x8, [sp, #24]
.Lbelljar_BB6_67:
	mov	w1, #1
	mov	x0, x19
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	cbz	x0, .Lbelljar_BB6_74
	ldr	x8, [x19, #16]
	cmp	x0, x8
	b.ne	.Lbelljar_BB6_67
	ldrb	w8, [x19, #40]
	tbnz	w8, #0, .Lbelljar_BB6_45
	ldr	x8, [x19]
	mov	w9, #4208
	add	x9, x8, x9
	ldar	w2, [x9]
	cbnz	w2, .Lbelljar_BB6_91
	ldr	x8, [sp, #24]
	ldar	x8, [x8]
	tbnz	x8, #63, .Lbelljar_BB6_73
	and	w8, w1, #0xffffff00
	cmp	w8, #2816
	b.eq	.Lbelljar_BB6_78
.Lbelljar_BB6_73:
	mov	w0, #7
	ldr	x1, [x19, #16]
	mov	w8, #117
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB6_67
.Lbelljar_BB6_74:
	ldr	x9, [x19, #32]
	ldp	x11, x8, [x27, #40]
	mov	x10, #4294967296
	add	x0, sp, #88
	mov	w1, #3
	bfxil	x10, x9, #0, #32
	mov	x2, xzr
	mov	x3, xzr
	stp	x11, x8, [sp, #96]
	mov	w8, #73
	mov	w4, #8
	str	x10, [sp, #88]
	mov	x5, xzr
	svc	#0
	cmp	x0, #0
	b.le	.Lbelljar_BB6_67
	ldp	x10, x11, [sp, #96]
	ldrh	w8, [sp, #94]
	cbz	x8, .Lbelljar_BB6_77
	mov	x0, x9
	add	x1, sp, #112
	mov	w8, #63
	mov	w2, #128
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB6_77:
	orr	x8, x11, x10
	lsr	x8, x8, #48
	cbz	x8, .Lbelljar_BB6_67
	b	.Lbelljar_BB6_90
.Lbelljar_BB6_78:
	ldr	x9, [sp]
	cbz	x9, .Lbelljar_BB6_80
	mov	w0, #4
	mov	w8, #167
	mov	w1, #1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB6_80:
	ldr	x10, [x19, #16]
	mov	w8, #434
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x0, x10
	mov	x5, xzr
	svc	#0
	mov	x11, x0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB6_42
	mov	x0, x11
	ldr	x1, [x27, #4224]
	mov	w8, #438
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB6_41
	str	x0, [x19, #24]
	mov	x0, x11
	mov	w8, #57
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cbz	x9, .Lbelljar_BB6_84
	mov	w0, #4
	mov	w8, #167
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB6_84:
	mov	w0, #134217728
	mov	w8, #222
	mov	w1, #1
	mov	w2, #1
	mov	w3, #50
	mov	x4, #-1
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB6_41
	mov	w8, #4220
	mov	w0, #17
	mov	x1, x10
	add	x8, x27, x8
	mov	x2, xzr
	mov	x3, xzr
	stlr	w23, [x8]
	mov	w8, #117
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB6_45
.Lbelljar_BB6_86:
	mov	w8, #16960
	add	x0, sp, #112
	mov	x1, xzr
	movk	w8, #15, lsl #16
	mov	x2, xzr
	mov	x3, xzr
	stp	xzr, x8, [sp, #112]
	mov	w8, #101
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	sub	w15, w15, #1
	b	.Lbelljar_BB6_1
.Lbelljar_BB6_87:
	mov	w20, w8
.Lbelljar_BB6_88:
	mov	x9, #58255
	ldr	x8, [x21]
	mov	w1, w20
	movk	x9, #36408, lsl #16
	ldp	x20, x19, [sp, #352]
	movk	x9, #14563, lsl #32
	sub	x8, x22, x8
	movk	x9, #58254, lsl #48
	ldp	x22, x21, [sp, #336]
	umulh	x8, x8, x9
	ldp	x24, x23, [sp, #320]
	ldp	x26, x25, [sp, #304]
	ldp	x28, x27, [sp, #288]
	ldp	x29, x30, [sp, #272]
	lsr	x0, x8, #6
	add	sp, sp, #368
	ret
.Lbelljar_BB6_89:
	mov	x0, x19
	bl	.Lbelljar_supervise
.Lbelljar_BB6_90:
	mov	x0, x19
	bl	.Lbelljar_leave
.Lbelljar_BB6_91:
	ldr	w1, [x8, #4212]
.Lbelljar_BB6_92:
	mov	x0, x19
	bl	.Lbelljar_fail
.Lbelljar_BB6_93:
	ldr	w1, [x9, #4212]
	b	.Lbelljar_BB6_92
.Lbelljar_BB6_94:
	ldr	w1, [x27, #4212]
	b	.Lbelljar_BB6_92
.Lbelljar_program:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	.Lbelljar_begin_program
.Lbelljar_measure_reaped:
	ldr	x8, [x0, #8]
	mov	x0, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x8, #128
	mov	w8, #165
	svc	#0
	ret
.Lbelljar_cpu_time:
	stp	x29, x30, [sp, #-96]!
	stp	x28, x27, [sp, #16]
	mov	x29, sp
	stp	x26, x25, [sp, #32]
	stp	x24, x23, [sp, #48]
	stp	x22, x21, [sp, #64]
	stp	x20, x19, [sp, #80]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp], #-64
	ldr	x19, [x0]
	mov	x20, x0
	ldr	x0, [x19, #72]
	tbnz	x0, #63, .Lbelljar_BB9_3
	movi	v0.2d, #0000000000000000
	add	x8, sp, #3, lsl #12
	add	x1, sp, #2, lsl #12
	add	x8, x8, #3881
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x1, #40
	mov	w2, #8192
	mov	w3, #11
	stur	q0, [x8, #255]
	mov	w8, #67
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #16432]
	add	x0, sp, #2, lsl #12
	add	x0, x0, #40
	str	x8, [sp, #16424]
	bl	.Lbelljar_number
	tbz	w0, #0, .Lbelljar_BB9_3
	mov	w8, #1000
	mul	x0, x1, x8
	b	.Lbelljar_BB9_42
.Lbelljar_BB9_3:
	ldr	x9, [x20, #8]
	mov	x0, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x9, #128
	mov	w8, #165
	svc	#0
	ldp	x8, x11, [x9, #128]
	mov	w26, #51712
	ldp	x10, x9, [x9, #144]
	movk	w26, #15258, lsl #16
	ldr	x19, [x19, #80]
	add	x8, x10, x8
	add	x9, x9, x11
	mov	w10, #1000
	mul	x8, x8, x26
	madd	x10, x9, x10, x8
	tbnz	x19, #63, .Lbelljar_BB9_41
	movi	v0.2d, #0000000000000000
	str	x10, [sp]
	mov	x0, x19
	mov	w8, #62
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	add	x8, sp, #1, lsl #12
	add	x1, sp, #8
	add	x8, x8, #3849
	mov	x0, x19
	mov	w2, #8192
	stur	q0, [x8, #255]
	mov	w8, #61
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	bic	x8, x0, x0, asr #63
	cmp	x0, #1
	add	x20, sp, #8
	mov	x23, xzr
	str	x8, [sp, #8200]
	b.lt	.Lbelljar_BB9_40
	add	x25, sp, #2, lsl #12
	mov	w28, #52429
	mov	w8, #1
	add	x25, x25, #40
	movk	w28, #52428, lsl #16
	mov	w22, #10
.Lbelljar_BB9_6:
	cbz	x8, .Lbelljar_BB9_39
	mov	x27, xzr
.Lbelljar_BB9_8:
	add	x8, x27, #19
	add	x0, sp, #8
	str	x8, [sp, #8208]
	bl	.Lbelljar_number
	cmp	x0, #1
	b.ne	.Lbelljar_BB9_32
	mov	x9, x1
	cmp	x1, #2
	b.lo	.Lbelljar_BB9_32
	lsl	w8, w9, #3
	mov	w10, #-6
	str	xzr, [sp, #8240]
	str	xzr, [sp, #8232]
	add	x1, sp, #2, lsl #12
	mov	x2, xzr
	eor	x0, x8, x10
	mov	x10, #29487
	add	x1, x1, #40
	mov	w8, #113
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	movk	x10, #24948, lsl #16
	mov	x8, xzr
	movk	x10, #116, lsl #32
	cbz	w9, .Lbelljar_BB9_13
.Lbelljar_BB9_12:
	mov	w11, w9
	umull	x9, w9, w28
	extr	x8, x8, x10, #56
	cmp	w11, #10
	lsr	x9, x9, #35
	msub	w12, w9, w22, w11
	orr	w12, w12, #0x30
	orr	x10, x12, x10, lsl #8
	b.hs	.Lbelljar_BB9_12
.Lbelljar_BB9_13:
	add	x1, sp, #2, lsl #12
	str	x10, [sp, #8216]
	mov	x0, x19
	str	x8, [sp, #8224]
	mov	w2, #2048
	ldr	x21, [sp, #8232]
	ldr	x24, [sp, #8240]
	add	x1, x1, #24
	mov	w8, #56
	movk	w2, #8, lsl #16
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #24
	b.eq	.Lbelljar_BB9_43
	mov	x9, x0
	tbnz	x0, #63, .Lbelljar_BB9_21
	movi	v0.2d, #0000000000000000
	add	x8, sp, #3, lsl #12
	mov	x0, x9
	add	x8, x8, #3881
	add	x1, sp, #2, lsl #12
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x1, #40
	mov	w2, #8192
	stur	q0, [x8, #255]
	mov	w8, #67
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #16432]
	mov	x0, x9
	mov	x1, xzr
	mov	x2, xzr
	str	x8, [sp, #16424]
	mov	w8, #57
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldr	x8, [sp, #16424]
	str	x8, [sp, #16432]
	cbz	x8, .Lbelljar_BB9_22
	mov	x9, x8
.Lbelljar_BB9_17:
	lsr	x10, x9, #13
	cbnz	x10, .Lbelljar_BB9_20
	cmp	x9, x8
	b.hs	.Lbelljar_BB9_20
	ldrb	w10, [x25, x9]
	cmp	w10, #41
	b.eq	.Lbelljar_BB9_23
.Lbelljar_BB9_20:
	subs	x9, x9, #1
	str	x9, [sp, #16432]
	b.ne	.Lbelljar_BB9_17
	b	.Lbelljar_BB9_23
.Lbelljar_BB9_21:
	mov	x8, xzr
	b	.Lbelljar_BB9_31
.Lbelljar_BB9_22:
	mov	x9, xzr
.Lbelljar_BB9_23:
	cmp	x9, x8
	b.hs	.Lbelljar_BB9_30
	mov	w10, wzr
.Lbelljar_BB9_25:
	lsr	x11, x9, #13
	cbz	x11, .Lbelljar_BB9_27
	mov	w11, wzr
	b	.Lbelljar_BB9_28
.Lbelljar_BB9_27:
	ldrb	w11, [x25, x9]
	cmp	w11, #32
	cset	w11, eq
.Lbelljar_BB9_28:
	add	x9, x9, #1
	cmp	x9, x8
	str	x9, [sp, #16432]
	b.hs	.Lbelljar_BB9_30
	add	w10, w11, w10
	cmp	w10, #14
	b.lo	.Lbelljar_BB9_25
.Lbelljar_BB9_30:
	add	x0, sp, #2, lsl #12
	add	x0, x0, #40
	bl	.Lbelljar_number
	ldr	x8, [sp, #16432]
	tst	w0, #0x1
	add	x0, sp, #2, lsl #12
	add	x0, x0, #40
	csel	x26, x1, xzr, ne
	add	x8, x8, #1
	str	x8, [sp, #16432]
	bl	.Lbelljar_number
	tst	w0, #0x1
	mov	w9, #38528
	csel	x8, x1, xzr, ne
	movk	w9, #152, lsl #16
	add	x8, x8, x26
	mov	w26, #51712
	mul	x8, x8, x9
	movk	w26, #15258, lsl #16
.Lbelljar_BB9_31:
	mul	x9, x21, x26
	add	x10, x24, x23
	add	x9, x10, x9
	add	x23, x9, x8
.Lbelljar_BB9_32:
	add	x10, x27, #16
	ldr	x8, [sp, #8200]
	mov	x9, xzr
	lsr	x11, x10, #13
	cbnz	x11, .Lbelljar_BB9_35
	cmp	x10, x8
	b.hs	.Lbelljar_BB9_35
	ldrb	w9, [x20, x10]
.Lbelljar_BB9_35:
	add	x11, x27, #17
	mov	x10, xzr
	lsr	x12, x11, #13
	cbnz	x12, .Lbelljar_BB9_38
	cmp	x11, x8
	b.hs	.Lbelljar_BB9_38
	ldrb	w10, [x20, x11]
	lsl	x10, x10, #8
.Lbelljar_BB9_38:
	add	x9, x9, x27
	add	x27, x9, x10
	cmp	x27, x8
	b.lo	.Lbelljar_BB9_8
.Lbelljar_BB9_39:
	movi	v0.2d, #0000000000000000
	add	x8, sp, #1, lsl #12
	mov	x0, x19
	add	x8, x8, #3849
	add	x1, sp, #8
	mov	w2, #8192
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	stur	q0, [x8, #255]
	mov	w8, #61
	svc	#0
	bic	x8, x0, x0, asr #63
	cmp	x0, #1
	str	x8, [sp, #8200]
	b.ge	.Lbelljar_BB9_6
.Lbelljar_BB9_40:
	ldr	x8, [sp]
	add	x0, x23, x8
	b	.Lbelljar_BB9_42
.Lbelljar_BB9_41:
	ldr	x8, [x20, #16]
	str	xzr, [sp, #8240]
	add	x1, sp, #2, lsl #12
	str	xzr, [sp, #8232]
	mov	x2, xzr
	mov	x3, xzr
	lsl	w8, w8, #3
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x1, #40
	eor	x8, x8, #0x2
	eor	x0, x8, #0xfffffff8
	mov	w8, #113
	svc	#0
	ldr	x8, [sp, #8232]
	ldr	x9, [sp, #8240]
	add	x9, x9, x10
	madd	x0, x8, x26, x9
.Lbelljar_BB9_42:
	add	sp, sp, #4, lsl #12
	add	sp, sp, #64
	ldp	x20, x19, [sp, #80]
	ldp	x22, x21, [sp, #64]
	ldp	x24, x23, [sp, #48]
	ldp	x26, x25, [sp, #32]
	ldp	x28, x27, [sp, #16]
	ldp	x29, x30, [sp], #96
	ret
.Lbelljar_BB9_43:
	bl	.Lbelljar_exit
.Lbelljar_number:
	ldr	x10, [x0, #8200]
	ldr	x9, [x0, #8192]
	lsr	x11, x10, #13
	cmp	x11, #0
	ccmp	x10, x9, #2, eq
	b.lo	.Lbelljar_BB10_2
	mov	x0, xzr
	ret
.Lbelljar_BB10_2:
	mov	x8, x0
	mov	x12, xzr
	mov	w0, #1
	mov	w11, #8190
.Lbelljar_BB10_3:
	ldrb	w13, [x8, x10]
	sub	w13, w13, #48
	cmp	w13, #9
	b.hi	.Lbelljar_BB10_7
	add	x14, x1, x1, lsl #2
	tst	w12, #0x1
	lsl	x14, x14, #1
	csel	x12, x14, xzr, ne
	cmp	x10, x11
	add	x1, x12, w13, uxtb
	add	x13, x10, #1
	str	x13, [x8, #8200]
	b.hi	.Lbelljar_BB10_6
	cmp	x13, x9
	mov	w12, #1
	mov	x10, x13
	b.lo	.Lbelljar_BB10_3
.Lbelljar_BB10_6:
	ret
.Lbelljar_BB10_7:
	mov	x0, x12
	ret
.Lbelljar_wait:
	sub	sp, sp, #16
	mov	x9, x0
	str	wzr, [sp, #12]
	mov	x0, #-1
	mov	x3, xzr
	mov	x2, x1
	mov	x4, xzr
	mov	x5, xzr
	add	x1, sp, #12
	mov	w8, #260
	svc	#0
	ldr	x8, [x9, #16]
	ldr	w1, [sp, #12]
	cmp	x0, x8
	b.ne	.Lbelljar_BB11_3
	and	w8, w1, #0xff
	cmp	w8, #127
	b.eq	.Lbelljar_BB11_3
	ldr	x8, [x9, #8]
	mov	w10, #1
	strb	w10, [x9, #40]
	str	w1, [x8, #8]
.Lbelljar_BB11_3:
	add	sp, sp, #16
	ret
.Lbelljar_supervise:
	stp	x29, x30, [sp, #-96]!
	stp	x28, x27, [sp, #16]
	mov	x29, sp
	stp	x26, x25, [sp, #32]
	stp	x24, x23, [sp, #48]
	stp	x22, x21, [sp, #64]
	stp	x20, x19, [sp, #80]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp]
	sub	sp, sp, #1, lsl #12
	str	xzr, [sp], #-80
	ldp	x9, x1, [x0]
	mov	w21, #51712
	movk	w21, #15258, lsl #16
	mov	w11, #1
	mov	x19, x0
	mov	x4, xzr
	mov	x5, xzr
	mov	w2, #272
	ldr	x8, [x9, #4232]
	ldr	x10, [x9, #4240]
	mov	w3, #16384
	stp	x8, x10, [x1, #32]
	madd	x8, x8, x21, x10
	ldr	w10, [x9, #4216]
	str	w10, [x1, #12]
	ldr	x10, [x9, #24]
	str	w11, [x1]
	ldr	w0, [x9, #56]
	adds	x8, x10, x8
	csinv	x8, x8, xzr, lo
	cmp	x10, #0
	csinv	x22, x8, xzr, ne
	mov	w8, #206
	svc	#0
	ldp	x23, x24, [x9, #40]
.Lbelljar_BB12_1:
	mov	w26, #64
.Lbelljar_BB12_2:
	mov	w1, #1
	mov	x0, x19
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	mov	x20, x0
	cmp	x0, #1
	b.lt	.Lbelljar_BB12_4
	sub	w26, w26, #1
	cbnz	w26, .Lbelljar_BB12_2
.Lbelljar_BB12_4:
	ldrb	w8, [x19, #40]
	tbnz	w8, #0, .Lbelljar_BB12_26
	stp	xzr, xzr, [sp, #56]
	mov	w0, #1
	add	x1, sp, #56
	mov	w8, #113
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldp	x8, x9, [sp, #56]
	madd	x8, x8, x21, x9
	ldp	x25, x9, [x19]
	ldr	x9, [x9, #16]
	ldr	x10, [x25, #16]
	sub	x8, x8, x9
	subs	x28, x10, x8
	b.ls	.Lbelljar_BB12_27
	cmn	x22, #1
	b.eq	.Lbelljar_BB12_13
	mov	x0, x19
	bl	.Lbelljar_cpu_time
	cmp	x0, x22
	b.lo	.Lbelljar_BB12_9
	mov	x0, x19
	bl	.Lbelljar_cpu_time
.Lbelljar_BB12_9:
	subs	x8, x22, x0
	b.ls	.Lbelljar_BB12_28
	ldr	x9, [x25, #32]
	cbz	x9, .Lbelljar_BB12_25
	udiv	x8, x8, x9
	mov	w9, #33920
	movk	w9, #30, lsl #16
	cmp	x8, x9
	csel	x8, x8, x9, hi
.Lbelljar_BB12_12:
	cmp	x8, x28
	csel	x28, x8, x28, lo
.Lbelljar_BB12_13:
	cmp	x20, #0
	mov	x10, #23123
	ldr	w11, [x19, #24]
	csel	x8, xzr, x28, gt
	movk	x10, #41115, lsl #16
	mov	x12, #4294967296
	lsr	x9, x8, #9
	movk	x10, #47151, lsl #32
	orr	x11, x11, #0x100000000
	movk	x10, #68, lsl #48
	stp	x23, x24, [sp, #24]
	add	x0, sp, #24
	umulh	x9, x9, x10
	add	x2, sp, #8
	mov	w1, #4
	mov	x3, xzr
	mov	w4, #8
	mov	x5, xzr
	lsr	x10, x9, #11
	ldr	x9, [x19, #32]
	msub	x8, x10, x21, x8
	bfxil	x12, x9, #0, #32
	stp	x11, x12, [sp, #40]
	stp	x10, x8, [sp, #8]
	mov	w8, #73
	svc	#0
	cmp	x0, #1
	b.lt	.Lbelljar_BB12_1
	ldp	x28, x26, [sp, #24]
	ldrh	w8, [sp, #54]
	ldr	x25, [sp, #40]
	cbz	x8, .Lbelljar_BB12_16
	mov	x0, x9
	add	x1, sp, #56
	mov	w8, #63
	mov	w2, #128
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB12_16:
	mov	w8, #-63
.Lbelljar_BB12_17:
	mov	w1, #1
	mov	x0, x19
	mov	w27, w8
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	mov	x20, x0
	cmp	x0, #1
	b.lt	.Lbelljar_BB12_19
	add	w8, w27, #1
	cbnz	w27, .Lbelljar_BB12_17
.Lbelljar_BB12_19:
	lsr	x8, x25, #48
	cbz	x8, .Lbelljar_BB12_22
	tbnz	x25, #48, .Lbelljar_BB12_24
	mov	x8, #-1
	str	x8, [x19, #24]
	b	.Lbelljar_BB12_1
.Lbelljar_BB12_22:
	ldrb	w8, [x19, #40]
	tbnz	w8, #0, .Lbelljar_BB12_26
	orr	x8, x26, x28
	lsr	x8, x8, #48
	cbz	x8, .Lbelljar_BB12_1
	b	.Lbelljar_BB12_29
.Lbelljar_BB12_24:
	ldr	x8, [x19, #8]
	ldr	x0, [x19, #24]
	mov	w1, #8448
	movk	w1, #49232, lsl #16
	mov	x3, xzr
	mov	x4, xzr
	add	x2, x8, #48
	mov	w8, #29
	mov	x5, xzr
	svc	#0
	cmn	x0, #4095
	b.hs	.Lbelljar_BB12_1
	b	.Lbelljar_BB12_30
.Lbelljar_BB12_25:
	mov	w8, #33920
	movk	w8, #30, lsl #16
	b	.Lbelljar_BB12_12
.Lbelljar_BB12_26:
	mov	w8, #1
	b	.Lbelljar_BB12_31
.Lbelljar_BB12_27:
	mov	x20, xzr
	mov	w8, #2
	b	.Lbelljar_BB12_31
.Lbelljar_BB12_28:
	mov	x20, xzr
	mov	w8, #3
	b	.Lbelljar_BB12_31
.Lbelljar_BB12_29:
	mov	w8, #4
	b	.Lbelljar_BB12_31
.Lbelljar_BB12_30:
	mov	x20, xzr
	mov	w8, #5
.Lbelljar_BB12_31:
	ldr	x9, [x19, #8]
	mov	w0, #1
	add	x1, sp, #56
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	str	w8, [x9, #4]
	mov	w8, #113
	mov	x5, xzr
	stp	xzr, xzr, [sp, #56]
	svc	#0
	ldp	x8, x10, [sp, #56]
	cmn	x20, #10
	madd	x8, x8, x21, x10
	str	x8, [x9, #24]
	b.eq	.Lbelljar_BB12_45
	ldr	x10, [x19]
	ldr	w8, [x10, #60]
	cbnz	w8, .Lbelljar_BB12_43
	ldrb	w8, [x19, #40]
	tbnz	w8, #0, .Lbelljar_BB12_35
	ldr	x9, [x19, #16]
	mov	w8, #129
	mov	w1, #9
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	neg	x0, x9
	mov	x5, xzr
	svc	#0
	mov	w8, #129
	mov	w1, #9
	mov	x0, x9
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB12_35:
	mov	w21, #16960
	add	x20, sp, #56
	movk	w21, #15, lsl #16
.Lbelljar_BB12_36:
	movi	v0.2d, #0000000000000000
	add	x8, sp, #1, lsl #12
	mov	x3, xzr
	add	x8, x8, #3897
	mov	x4, xzr
	mov	x5, xzr
	add	x1, sp, #56
	mov	w2, #8192
	stur	q0, [x8, #255]
	mov	w8, #67
	ldr	x0, [x10, #88]
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #8256]
	add	x0, sp, #56
	str	x8, [sp, #8248]
	bl	.Lbelljar_number
	cmp	x0, #1
	b.ne	.Lbelljar_BB12_40
.Lbelljar_BB12_37:
	ldr	x8, [sp, #8256]
	ldr	x10, [sp, #8248]
	lsr	x9, x8, #13
	cmp	x9, #0
	ccmp	x8, x10, #2, eq
	b.hs	.Lbelljar_BB12_40
	ldrb	w9, [x20, x8]
	add	x8, x8, #1
	str	x8, [sp, #8256]
	cmp	w9, #32
	b.ne	.Lbelljar_BB12_40
	mov	x0, x1
	mov	w8, #129
	mov	w1, #9
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	add	x0, sp, #56
	bl	.Lbelljar_number
	tbnz	w0, #0, .Lbelljar_BB12_37
.Lbelljar_BB12_40:
	mov	w1, #1
	mov	x0, x19
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	cmn	x0, #10
	b.eq	.Lbelljar_BB12_45
	cmp	x0, #0
	b.gt	.Lbelljar_BB12_40
	stp	xzr, x21, [sp, #56]
	add	x0, sp, #56
	mov	w8, #101
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldr	x10, [x19]
	b	.Lbelljar_BB12_36
.Lbelljar_BB12_43:
	mov	x0, #-1
	mov	w8, #129
	mov	w1, #9
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #13
	b.eq	.Lbelljar_BB12_45
.Lbelljar_BB12_44:
	mov	x0, x19
	mov	w1, #1073741824
	bl	.Lbelljar_wait
	cmp	x0, #0
	b.gt	.Lbelljar_BB12_44
.Lbelljar_BB12_45:
	mov	x0, x19
	bl	.Lbelljar_measure_reaped
	mov	x0, x19
	mov	w1, #3
	bl	.Lbelljar_send
	bl	.Lbelljar_exit
.Lbelljar_entry:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	.Lbelljar_begin
