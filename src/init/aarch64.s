// Emitted by .ci/init from main.rs: rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)
.Lbelljar_begin_program:
	sub	sp, sp, #48
	stp	x29, x30, [sp, #16]
	str	x19, [sp, #32]
	add	x29, sp, #16
	mov	w8, #1
	ldr	x1, [x0, #4096]
	mov	x19, x0
	stp	x8, x0, [sp]
	mov	x0, sp
	bl	.Lbelljar_run
	mov	w8, #4180
	str	w0, [x19, #4184]
	add	x8, x19, x8
	stlr	w1, [x8]
	ldr	x8, [x19, #4200]
	tbnz	x8, #63, .Lbelljar_BB0_4
	mov	w8, #4192
	add	x8, x19, x8
	ldar	w8, [x8]
	cbnz	w8, .Lbelljar_BB0_3
	add	x8, x19, #4095, lsl #12
	ldrb	wzr, [x8]
.Lbelljar_BB0_3:
	isb
	b	.Lbelljar_BB0_3
.Lbelljar_BB0_4:
	bl	.Lbelljar_exit
.Lbelljar_program_begins:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	.Lbelljar_begin_program
.Lbelljar_clear_user:
	sub	sp, sp, #32
	ldr	x8, [x0, #24]
	stp	x29, x30, [sp, #16]
	add	x29, sp, #16
	ldr	w9, [x8, #68]
	cbz	w9, .Lbelljar_BB2_4
	ldr	w10, [x8, #72]
	mov	w0, #17
	mov	w8, #220
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cbz	x0, .Lbelljar_BB2_6
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB2_5
	stur	wzr, [x29, #-4]
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	sub	x1, x29, #4
	mov	w8, #260
	svc	#0
	ldur	w8, [x29, #-4]
	cmp	w8, #0
	mov	x8, #-5
	csel	x0, xzr, x8, eq
	b	.Lbelljar_BB2_5
.Lbelljar_BB2_4:
	mov	x0, xzr
.Lbelljar_BB2_5:
	ldp	x29, x30, [sp, #16]
	add	sp, sp, #32
	ret
.Lbelljar_BB2_6:
	mov	x0, x9
	mov	x1, x10
	bl	.Lbelljar_clear
.Lbelljar_clear:
	sub	sp, sp, #160
	mov	x2, x1
	stp	x29, x30, [sp, #144]
	mov	x1, x0
	mov	x0, x2
	mov	w8, #147
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	add	x29, sp, #144
	b.hi	.Lbelljar_BB3_2
	mov	w8, #1314
	stp	xzr, xzr, [sp, #16]
	add	x0, sp, #8
	movk	w8, #8200, lsl #16
	str	xzr, [sp, #32]
	add	x1, sp, #16
	str	x8, [sp, #8]
	mov	w8, #91
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB3_3
.Lbelljar_BB3_2:
	mov	w9, #1
	b	.Lbelljar_BB3_19
.Lbelljar_BB3_3:
	mov	x0, #-1
	mov	w1, #9
	bl	.Lbelljar_signal
	mov	x0, xzr
	add	x2, sp, #16
	mov	w8, #195
	mov	w1, #14
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	tbnz	x0, #63, .Lbelljar_BB3_8
	mov	x9, x0
	mov	x10, xzr
.Lbelljar_BB3_5:
	mov	x0, x10
	add	x2, sp, #16
	mov	w8, #195
	mov	w1, #15
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB3_7
	add	x2, sp, #16
	mov	w8, #195
	mov	x1, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB3_7:
	add	x10, x10, #1
	cmp	x10, x9
	b.le	.Lbelljar_BB3_5
.Lbelljar_BB3_8:
	mov	x0, xzr
	add	x2, sp, #16
	mov	w8, #187
	mov	w1, #12
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	tbnz	x0, #63, .Lbelljar_BB3_13
	mov	x9, x0
	mov	x10, xzr
.Lbelljar_BB3_10:
	mov	x0, x10
	add	x2, sp, #16
	mov	w8, #187
	mov	w1, #13
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB3_12
	add	x2, sp, #16
	mov	w8, #187
	mov	x1, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB3_12:
	add	x10, x10, #1
	cmp	x10, x9
	b.le	.Lbelljar_BB3_10
.Lbelljar_BB3_13:
	mov	x0, xzr
	add	x3, sp, #16
	mov	w8, #191
	mov	x1, xzr
	mov	w2, #19
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	tbnz	x0, #63, .Lbelljar_BB3_18
	mov	x9, x0
	mov	x10, xzr
.Lbelljar_BB3_15:
	mov	x0, x10
	add	x3, sp, #16
	mov	w8, #191
	mov	x1, xzr
	mov	w2, #20
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB3_17
	add	x3, sp, #16
	mov	w8, #191
	mov	x1, xzr
	mov	x2, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB3_17:
	add	x10, x10, #1
	cmp	x10, x9
	b.le	.Lbelljar_BB3_15
.Lbelljar_BB3_18:
	mov	x9, xzr
.Lbelljar_BB3_19:
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
.Lbelljar_BB3_20:
	mov	x0, x9
	mov	w8, #94
	svc	#0
	b	.Lbelljar_BB3_20
.Lbelljar_words:
	ret
.Lbelljar_begin:
	sub	sp, sp, #112
	add	x8, x0, #176
	stp	x29, x30, [sp, #96]
	add	x29, sp, #96
	stp	x8, xzr, [sp, #40]
	mov	x8, #-1
	ldr	x1, [x0]
	str	x8, [sp, #56]
	add	x8, sp, #8
	str	x0, [sp, #32]
	sub	x0, x29, #16
	stp	xzr, xzr, [sp, #64]
	str	xzr, [sp, #8]
	stp	xzr, x8, [x29, #-16]
	bl	.Lbelljar_run
	mov	w2, w0
	mov	w3, w1
	add	x0, sp, #8
	mov	w1, #-1
	bl	.Lbelljar_fail
.Lbelljar_exit:
	stp	x29, x30, [sp, #-16]!
	mov	w0, #1
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
.Lbelljar_clock:
	stp	xzr, xzr, [sp, #-16]!
	mov	x1, sp
	mov	w8, #113
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldp	x8, x10, [sp], #16
	mov	w9, #51712
	movk	w9, #15258, lsl #16
	madd	x0, x8, x9, x10
	ret
.Lbelljar_close:
	tbnz	x0, #63, .Lbelljar_BB8_2
	mov	w8, #57
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ret
.Lbelljar_BB8_2:
	ret
.Lbelljar_signal:
	mov	w8, #129
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ret
.Lbelljar_run:
	sub	sp, sp, #192
	stp	x29, x30, [sp, #96]
	stp	x28, x27, [sp, #112]
	stp	x26, x25, [sp, #128]
	stp	x24, x23, [sp, #144]
	stp	x22, x21, [sp, #160]
	stp	x20, x19, [sp, #176]
	add	x29, sp, #96
	ldr	x23, [x0, #8]
	mov	w8, #4176
	ldr	w21, [x0]
	mov	w22, #16960
	mov	w19, wzr
	mov	w25, #200
	mov	w27, #4101
	mov	w28, #4098
	add	x7, x23, x8
	movk	w22, #15, lsl #16
	mov	w26, #4104
	mov	w30, #4102
	add	x20, sp, #32
	str	wzr, [sp, #12]
	str	x0, [sp]
	stp	x1, x7, [sp, #16]
.Lbelljar_BB10_1:
	mov	w9, #72
	ldr	x8, [sp, #16]
	umaddl	x24, w19, w9, x8
.Lbelljar_BB10_2:
	ldur	q0, [x24, #24]
	ldur	q1, [x24, #40]
	mov	x8, xzr
	ldur	q2, [x24, #56]
	stp	q0, q1, [sp, #32]
	str	q2, [sp, #64]
.Lbelljar_BB10_3:
	ldrb	w9, [x24, #4]
	lsr	w9, w9, w8
	tbz	w9, #0, .Lbelljar_BB10_5
	ldr	x9, [x20, x8, lsl #3]
	ldar	x9, [x9]
	str	x9, [x20, x8, lsl #3]
.Lbelljar_BB10_5:
	add	x8, x8, #1
	cmp	x8, #6
	b.ne	.Lbelljar_BB10_3
	ldr	w8, [x24]
	cmp	w8, w27
	b.le	.Lbelljar_BB10_14
	cmp	w8, w26
	b.gt	.Lbelljar_BB10_19
	cmp	w8, w30
	b.eq	.Lbelljar_BB10_29
	mov	w9, #4103
	cmp	w8, w9
	b.eq	.Lbelljar_BB10_43
	cmp	w8, w26
	b.ne	.Lbelljar_BB10_50
	tbz	w21, #0, .Lbelljar_BB10_13
	ldr	w8, [x23, #4188]
	cbnz	w8, .Lbelljar_BB10_84
.Lbelljar_BB10_13:
	ldp	x0, x1, [sp, #32]
	mov	w8, #64
	ldr	x2, [sp, #48]
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB10_51
.Lbelljar_BB10_14:
	cmp	w8, w28
	b.gt	.Lbelljar_BB10_24
	cmp	w8, #1, lsl #12
	b.eq	.Lbelljar_BB10_27
	mov	w9, #4097
	cmp	w8, w9
	b.eq	.Lbelljar_BB10_40
	cmp	w8, w28
	b.ne	.Lbelljar_BB10_50
	tbnz	w21, #0, .Lbelljar_BB10_50
	b	.Lbelljar_BB10_97
.Lbelljar_BB10_19:
	mov	w9, #4105
	cmp	w8, w9
	b.eq	.Lbelljar_BB10_31
	mov	w9, #4106
	cmp	w8, w9
	b.eq	.Lbelljar_BB10_44
	mov	w9, #4107
	cmp	w8, w9
	b.ne	.Lbelljar_BB10_50
	tbnz	w21, #0, .Lbelljar_BB10_50
	mov	x0, x23
	bl	.Lbelljar_clear_user
	b	.Lbelljar_BB10_42
.Lbelljar_BB10_24:
	mov	w9, #4099
	cmp	w8, w9
	b.eq	.Lbelljar_BB10_38
	cmp	w8, w27
	b.ne	.Lbelljar_BB10_49
	tbnz	w21, #0, .Lbelljar_BB10_82
	b	.Lbelljar_BB10_50
.Lbelljar_BB10_27:
	ldp	x8, x9, [sp, #32]
	ldar	x8, [x8]
	ldr	x10, [sp, #48]
	and	x8, x9, x8
	cmp	x8, x10
	b.eq	.Lbelljar_BB10_84
	ldr	x8, [sp, #56]
	b	.Lbelljar_BB10_39
.Lbelljar_BB10_29:
	tbnz	w21, #0, .Lbelljar_BB10_50
	mov	x0, x23
	mov	x1, xzr
	bl	.Lbelljar_open
	b	.Lbelljar_BB10_42
.Lbelljar_BB10_31:
	tbz	w21, #0, .Lbelljar_BB10_50
	ldr	x10, [x23, #4224]
	ldr	x8, [x23, #4120]
	cbz	x8, .Lbelljar_BB10_65
	mov	x11, xzr
	mov	x9, xzr
.Lbelljar_BB10_34:
	ldr	x12, [x23, #4104]
	add	x12, x11, x12
	ldar	x12, [x12]
	cmp	x9, x12
	b.ne	.Lbelljar_BB10_59
	ldr	x12, [x23, #4128]
	add	x12, x11, x12
	ldar	x12, [x12]
	cmp	x9, x12
	b.ne	.Lbelljar_BB10_59
	add	x9, x9, #1
	add	x11, x11, #8
	cmp	x8, x9
	b.ne	.Lbelljar_BB10_34
	mov	w14, wzr
	mov	x9, x8
	b	.Lbelljar_BB10_60
.Lbelljar_BB10_38:
	ldr	x8, [sp, #32]
.Lbelljar_BB10_39:
	neg	x11, x8
	b	.Lbelljar_BB10_52
.Lbelljar_BB10_40:
	tbnz	w21, #0, .Lbelljar_BB10_50
	mov	x0, x23
	mov	x1, xzr
	bl	.Lbelljar_start
.Lbelljar_BB10_42:
	ldr	x7, [sp, #24]
	mov	w30, #4102
	b	.Lbelljar_BB10_51
.Lbelljar_BB10_43:
	tbz	w21, #0, .Lbelljar_BB10_50
	b	.Lbelljar_BB10_83
.Lbelljar_BB10_44:
	tbz	w21, #0, .Lbelljar_BB10_50
	mov	w0, #1
	mov	w8, #167
	mov	w1, #9
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x11, x0
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB10_88
	cmn	x11, #26
	b.ne	.Lbelljar_BB10_90
	subs	w8, w25, #1
	b.lt	.Lbelljar_BB10_90
	mov	w25, w8
	b	.Lbelljar_BB10_55
.Lbelljar_BB10_49:
	mov	w9, #4100
	cmp	w8, w9
	b.eq	.Lbelljar_BB10_94
.Lbelljar_BB10_50:
	ldp	x0, x1, [sp, #32]
	ldp	x2, x3, [sp, #48]
	ldp	x4, x5, [sp, #64]
	svc	#0
.Lbelljar_BB10_51:
	mov	x11, x0
.Lbelljar_BB10_52:
	cmn	x11, #1, lsl #12
	b.ls	.Lbelljar_BB10_85
.Lbelljar_BB10_53:
	cmn	x11, #26
	ccmp	w25, #0, #4, eq
	b.le	.Lbelljar_BB10_90
	sub	w25, w25, #1
	cbz	w21, .Lbelljar_BB10_56
.Lbelljar_BB10_55:
	ldr	w8, [x23, #4196]
	cbz	w8, .Lbelljar_BB10_57
.Lbelljar_BB10_56:
	stp	xzr, x22, [x29, #-16]
	sub	x0, x29, #16
	mov	w8, #101
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB10_2
.Lbelljar_BB10_57:
	mov	w8, #20000
.Lbelljar_BB10_58:
	isb
	subs	w8, w8, #1
	b.ne	.Lbelljar_BB10_58
	b	.Lbelljar_BB10_2
.Lbelljar_BB10_59:
	mov	w14, #1
.Lbelljar_BB10_60:
	mov	x11, xzr
	mov	x13, xzr
	mov	x15, xzr
	mov	x12, x10
.Lbelljar_BB10_61:
	ldr	x16, [x23, #4128]
	add	x16, x11, x16
	ldar	x16, [x16]
	ldr	x17, [x23, #4128]
	add	x17, x11, x17
	cmp	x16, x13
	ldar	x17, [x17]
	cinc	x13, x13, eq
	cmp	x17, x12
	csel	x12, x17, x12, hi
	cmp	x15, x9
	b.lo	.Lbelljar_BB10_63
	ldr	x16, [x23, #4104]
	add	x16, x11, x16
	ldar	x16, [x16]
	cmp	x16, x12
	csel	x12, x16, x12, hi
.Lbelljar_BB10_63:
	add	x15, x15, #1
	add	x11, x11, #8
	cmp	x8, x15
	b.ne	.Lbelljar_BB10_61
	cmp	x13, x12
	csel	x17, x13, x12, hi
	b	.Lbelljar_BB10_66
.Lbelljar_BB10_65:
	mov	w14, wzr
	mov	x9, xzr
	mov	x13, xzr
	mov	x17, x10
.Lbelljar_BB10_66:
	lsl	x15, x9, #3
	subs	x8, x8, x9
	add	x12, x17, #1
	csel	x16, xzr, x8, lo
	add	x1, x17, #1
	mov	x18, x16
	mov	x6, x15
.Lbelljar_BB10_67:
	cbz	x18, .Lbelljar_BB10_69
	ldr	x8, [x23, #4104]
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	w2, #524288
	sub	x18, x18, #1
	add	x8, x6, x8
	add	x6, x6, #8
	ldar	x0, [x8]
	mov	w8, #24
	svc	#0
	add	x1, x1, #1
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB10_67
	b	.Lbelljar_BB10_80
.Lbelljar_BB10_69:
	cmp	x10, x13
	b.eq	.Lbelljar_BB10_71
	mov	x0, x10
	mov	w8, #24
	mov	x1, x13
	mov	w2, #524288
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB10_80
.Lbelljar_BB10_71:
	cmp	x13, x9
	b.ls	.Lbelljar_BB10_73
	mov	x0, x9
	sub	x1, x13, #1
	mov	w8, #436
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB10_80
.Lbelljar_BB10_73:
	cmp	w14, #0
	mov	w8, #-1
	add	x0, x13, #1
	csel	x1, x17, x8, ne
	add	x8, x1, #1
	cmp	x8, x0
	b.ls	.Lbelljar_BB10_75
	mov	w8, #436
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB10_80
.Lbelljar_BB10_75:
	mov	x9, x12
.Lbelljar_BB10_76:
	cbz	x16, .Lbelljar_BB10_78
	ldr	x8, [x23, #4128]
	mov	x0, x9
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x8, x15, x8
	add	x9, x9, #1
	add	x15, x15, #8
	ldar	x1, [x8]
	mov	w8, #24
	svc	#0
	cmn	x0, #1, lsl #12
	sub	x16, x16, #1
	b.hi	.Lbelljar_BB10_80
	b	.Lbelljar_BB10_76
.Lbelljar_BB10_78:
	tst	x12, #0xffffffff00000000
	eor	w8, w14, #0x1
	csinc	w8, w8, wzr, eq
	tbnz	w8, #0, .Lbelljar_BB10_84
	mov	x0, x12
	mov	w8, #436
	mov	w1, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB10_84
.Lbelljar_BB10_80:
	mov	x11, x0
	b	.Lbelljar_BB10_53
.Lbelljar_BB10_81:
	mov	x0, x7
	mov	w8, #98
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB10_82:
	ldar	w8, [x7]
	cbnz	w8, .Lbelljar_BB10_84
	b	.Lbelljar_BB10_81
.Lbelljar_BB10_83:
	add	x8, x23, #4095, lsl #12
	ldrb	wzr, [x8]
.Lbelljar_BB10_84:
	mov	x11, xzr
.Lbelljar_BB10_85:
	ldrb	w8, [x24, #5]
	cbnz	w8, .Lbelljar_BB10_94
	ldr	x8, [x24, #8]
	cbz	x8, .Lbelljar_BB10_93
	stlr	x11, [x8]
	b	.Lbelljar_BB10_93
.Lbelljar_BB10_88:
	mov	x0, xzr
	mov	w8, #173
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldr	x8, [x23, #4168]
	cmp	x0, x8
	b.eq	.Lbelljar_BB10_85
	mov	x11, #-3
.Lbelljar_BB10_90:
	neg	x8, x11
	cmp	x8, #63
	b.hi	.Lbelljar_BB10_95
	ldr	x9, [x24, #16]
	lsr	x9, x9, x8
	tbz	w9, #0, .Lbelljar_BB10_95
	ldr	w9, [sp, #12]
	cmp	w9, #13
	csel	w9, w9, w8, eq
	str	w9, [sp, #12]
.Lbelljar_BB10_93:
	add	w19, w19, #1
	b	.Lbelljar_BB10_1
.Lbelljar_BB10_94:
	ldr	w1, [sp, #12]
	b	.Lbelljar_BB10_96
.Lbelljar_BB10_95:
	mov	w1, w8
.Lbelljar_BB10_96:
	mov	w0, w19
	ldp	x20, x19, [sp, #176]
	ldp	x22, x21, [sp, #160]
	ldp	x24, x23, [sp, #144]
	ldp	x26, x25, [sp, #128]
	ldp	x28, x27, [sp, #112]
	ldp	x29, x30, [sp, #96]
	add	sp, sp, #192
	ret
.Lbelljar_BB10_97:
	ldr	x8, [sp]
	ldr	x0, [x8, #8]
	bl	.Lbelljar_supervise
.Lbelljar_take:
	stp	x29, x30, [sp, #-48]!
	ldr	x8, [x0]
	str	x21, [sp, #16]
	mov	x29, sp
	stp	x20, x19, [sp, #32]
	cmp	x8, #1
	b.ne	.Lbelljar_BB11_8
	ldp	x8, x9, [x0, #16]
	mov	x19, x0
	mov	x20, x1
	ldr	x9, [x9, #8]
	add	x21, x9, x1, lsl #24
	cbz	x3, .Lbelljar_BB11_7
	lsl	x9, x3, #2
	lsl	x11, x8, #3
	sub	x10, x9, #4
	add	x10, x8, x10, lsr #2
	add	x10, x10, #1
.Lbelljar_BB11_3:
	ldr	x12, [x21, #4112]
	cmp	x8, x12
	b.hs	.Lbelljar_BB11_5
	ldr	x12, [x21, #4104]
	ldrsw	x13, [x2]
	str	x13, [x11, x12]
.Lbelljar_BB11_5:
	subs	x9, x9, #4
	add	x2, x2, #4
	add	x8, x8, #1
	add	x11, x11, #8
	b.ne	.Lbelljar_BB11_3
	mov	x8, x10
.Lbelljar_BB11_7:
	ldr	x10, [x21, #4112]
	mov	w9, #1
	str	x8, [x19, #16]
	stp	x9, x20, [x19]
	cmp	x8, x10
	b.hs	.Lbelljar_BB11_9
.Lbelljar_BB11_8:
	ldp	x20, x19, [sp, #32]
	ldr	x21, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
.Lbelljar_BB11_9:
	mov	x0, x19
	mov	x1, x20
	str	xzr, [x19]
	bl	.Lbelljar_start
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB11_11
	mov	x9, x0
	mov	x0, x21
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	w8, #215
	mov	w1, #16777216
	svc	#0
	ldr	x8, [x19, #32]
	mov	w2, w20
	mov	x0, x19
	ldp	x20, x19, [sp, #32]
	mov	w10, #-1
	neg	w9, w9
	ldr	x21, [sp, #16]
	mov	w1, #2
	stp	w10, w9, [x8, #8]
	ldp	x29, x30, [sp], #48
	b	.Lbelljar_tell
.Lbelljar_BB11_11:
	mov	x0, x19
	mov	x1, x20
	bl	.Lbelljar_open
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB11_8
	mov	w8, #-1
	neg	w9, w0
	str	w8, [x21, #4184]
	str	w9, [x21, #4180]
	ldr	w8, [x21, #4272]
	cbnz	w8, .Lbelljar_BB11_8
	ldr	w8, [x21, #4268]
	mov	w9, #7
	str	w9, [x21, #4272]
	cbnz	w8, .Lbelljar_BB11_8
	ldp	x20, x19, [sp, #32]
	mov	w1, #9
	ldr	x0, [x21, #4232]
	ldr	x21, [sp, #16]
	ldp	x29, x30, [sp], #48
	b	.Lbelljar_signal
.Lbelljar_tell:
	ldp	x8, x9, [x0, #24]
	mov	w3, #16448
	mov	x4, xzr
	mov	x5, xzr
	stp	w1, w2, [x9]
	mov	x1, x9
	mov	w2, #288
	ldr	w0, [x8, #56]
	mov	w8, #206
	svc	#0
	cmn	x0, #11
	b.eq	.Lbelljar_BB12_2
	ret
.Lbelljar_BB12_2:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	.Lbelljar_exit
.Lbelljar_tell_failure:
	ldr	x9, [x0, #32]
	mov	w8, w1
	mov	w1, #2
	stp	w2, w3, [x9, #8]
	mov	w2, w8
	b	.Lbelljar_tell
.Lbelljar_fail:
	stp	x29, x30, [sp, #-64]!
	stp	x24, x23, [sp, #16]
	ldr	x23, [x0, #40]
	mov	x29, sp
	stp	x22, x21, [sp, #32]
	mov	w21, w2
	mov	w22, w1
	stp	x20, x19, [sp, #48]
	mov	w20, w3
	mov	x19, x0
	cbz	x23, .Lbelljar_BB14_6
	ldr	x24, [x19, #24]
.Lbelljar_BB14_2:
	rbit	x8, x23
	ldr	x9, [x24, #8]
	clz	x8, x8
	adds	x8, x9, x8, lsl #24
	b.eq	.Lbelljar_BB14_6
	ldr	w9, [x8, #4268]
	cbnz	w9, .Lbelljar_BB14_5
	ldr	x0, [x8, #4232]
	mov	w1, #9
	bl	.Lbelljar_signal
.Lbelljar_BB14_5:
	sub	x8, x23, #1
	and	x23, x8, x23
	cbnz	x23, .Lbelljar_BB14_2
.Lbelljar_BB14_6:
	mov	x0, x19
	mov	w1, w22
	mov	w2, w21
	mov	w3, w20
	bl	.Lbelljar_tell_failure
	mov	x0, x19
	bl	.Lbelljar_leave
.Lbelljar_open:
	stp	x29, x30, [sp, #-32]!
	ldr	x8, [x0, #24]
	stp	x20, x19, [sp, #16]
	mov	x29, sp
	ldr	x9, [x0, #48]
	ldr	x8, [x8, #8]
	add	x19, x8, x1, lsl #24
	tbz	x9, #63, .Lbelljar_BB15_2
	bl	.Lbelljar_hear_of_children
.Lbelljar_BB15_2:
	mov	w0, #1
	mov	w20, #1
	bl	.Lbelljar_clock
	ldr	w8, [x19, #4160]
	str	x0, [x19, #4240]
	cbz	w8, .Lbelljar_BB15_9
	ldr	w8, [x19, #4164]
	cbz	w8, .Lbelljar_BB15_5
	mov	w0, #4
	mov	w8, #167
	mov	w1, #1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB15_5:
	mov	w0, #16902
	ldr	x1, [x19, #4232]
	mov	w8, #117
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x9, x0
	ldr	w8, [x19, #4164]
	cbz	w8, .Lbelljar_BB15_7
	mov	w0, #4
	mov	w8, #167
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB15_7:
	cmn	x9, #1, lsl #12
	b.ls	.Lbelljar_BB15_9
	mov	w8, #4180
	add	x8, x19, x8
	ldar	w8, [x8]
	cbz	w8, .Lbelljar_BB15_10
.Lbelljar_BB15_9:
	mov	w8, #4176
	mov	w1, #1
	mov	w2, #1
	add	x0, x19, x8
	mov	w8, #98
	mov	x3, xzr
	stlr	w20, [x0]
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x9, xzr
.Lbelljar_BB15_10:
	ldp	x20, x19, [sp, #16]
	mov	x0, x9
	ldp	x29, x30, [sp], #32
	ret
.Lbelljar_start:
	sub	sp, sp, #176
	stp	x29, x30, [sp, #96]
	add	x29, sp, #96
	ldr	x8, [x0, #24]
	str	x25, [sp, #112]
	mov	x2, xzr
	mov	x3, xzr
	stp	x24, x23, [sp, #128]
	ldr	x9, [x8, #8]
	mov	w8, #59
	stp	x22, x21, [sp, #144]
	mov	x4, xzr
	mov	x5, xzr
	stp	x20, x19, [sp, #160]
	mov	x19, x0
	add	x0, x29, #24
	str	xzr, [x29, #24]
	mov	x20, x1
	mov	w1, #524288
	svc	#0
	mov	x23, x0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB16_11
	ldpsw	x22, x10, [x29, #24]
	add	x21, x9, x20, lsl #24
	mov	x0, xzr
	mov	w8, #172
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	str	x10, [x21, #4224]
	mov	x4, xzr
	mov	x5, xzr
	str	x22, [x21, #4248]
	svc	#0
	str	x0, [x21, #4168]
	ldr	x8, [x21, #4152]
	cbz	x8, .Lbelljar_BB16_4
	mov	x9, #256
	movi	v0.2d, #0000000000000000
	ldar	x8, [x8]
	movk	x9, #2, lsl #32
	add	x0, sp, #8
	mov	w1, #88
	str	x9, [sp, #8]
	mov	w9, #17
	mov	x2, xzr
	stp	xzr, x9, [sp, #32]
	mov	w9, #4096
	mov	x3, xzr
	stp	x21, x9, [sp, #48]
	mov	w9, #1
	mov	x4, xzr
	stur	q0, [sp, #16]
	stur	q0, [sp, #64]
	stp	xzr, x8, [sp, #80]
	mov	w8, #435
	str	w9, [x21, #4188]
	mov	x9, x21
	svc	#0
	cbnz	x0, .Lbelljar_tmp0
	mov	x29, xzr
	mov	x0, x9
	bl	.Lbelljar_program_begins
.Lbelljar_tmp0:
	cmp	x0, #0
	b.gt	.Lbelljar_BB16_5
	str	wzr, [x21, #4188]
.Lbelljar_BB16_4:
	mov	w0, #273
	add	x1, x21, #1, lsl #12
	mov	w8, #220
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x9, x21
	svc	#0
	cbnz	x0, .Lbelljar_tmp1
	mov	x29, xzr
	mov	x0, x9
	bl	.Lbelljar_program_begins
.Lbelljar_tmp1:
.Lbelljar_BB16_5:
	mov	x23, x0
	mov	x0, x10
	bl	.Lbelljar_close
	ldr	x24, [x21, #4112]
	cbz	x24, .Lbelljar_BB16_8
	mov	x25, xzr
.Lbelljar_BB16_7:
	ldr	x8, [x21, #4104]
	add	x8, x25, x8
	ldar	x0, [x8]
	bl	.Lbelljar_close
	subs	x24, x24, #1
	add	x25, x25, #8
	b.ne	.Lbelljar_BB16_7
.Lbelljar_BB16_8:
	cmn	x23, #1, lsl #12
	b.ls	.Lbelljar_BB16_10
	mov	x0, x22
	bl	.Lbelljar_close
	b	.Lbelljar_BB16_11
.Lbelljar_BB16_10:
	mov	w8, #1
	ldr	x9, [x19, #40]
	str	x23, [x21, #4232]
	lsl	x8, x8, x20
	mov	x23, xzr
	orr	x8, x9, x8
	str	x8, [x19, #40]
.Lbelljar_BB16_11:
	mov	x0, x23
	ldp	x20, x19, [sp, #160]
	ldp	x22, x21, [sp, #144]
	ldr	x25, [sp, #112]
	ldp	x24, x23, [sp, #128]
	ldp	x29, x30, [sp, #96]
	add	sp, sp, #176
	ret
.Lbelljar_started:
	stp	x29, x30, [sp, #-48]!
	ldr	x9, [x0, #24]
	str	x21, [sp, #16]
	mov	x8, #-1
	stp	x20, x19, [sp, #32]
	mov	x20, x0
	mov	x29, sp
	ldr	x9, [x9, #8]
	mov	x19, x1
	add	x21, x9, x1, lsl #24
	ldr	x0, [x21, #4248]
	str	x8, [x21, #4248]
	bl	.Lbelljar_close
	mov	w8, #4180
	add	x8, x21, x8
	ldar	w3, [x8]
	cbz	w3, .Lbelljar_BB17_5
.Lbelljar_BB17_1:
	ldr	x8, [x20, #24]
	ldr	w8, [x8, #64]
	cbnz	w8, .Lbelljar_BB17_10
	ldr	w8, [x21, #4272]
	cbnz	w8, .Lbelljar_BB17_4
	ldr	w8, [x21, #4268]
	mov	w9, #7
	str	w9, [x21, #4272]
	cbz	w8, .Lbelljar_BB17_9
.Lbelljar_BB17_4:
	ldp	x20, x19, [sp, #32]
	ldr	x21, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
.Lbelljar_BB17_5:
	ldr	x8, [x21, #4200]
	tbnz	x8, #63, .Lbelljar_BB17_8
	mov	w8, #4192
	ldr	w9, [x21, #4160]
	add	x8, x21, x8
	ldar	w8, [x8]
	cmp	w9, w8
	b.ls	.Lbelljar_BB17_8
	mov	w8, #-2
	mov	w3, #5
	str	w8, [x21, #4184]
	str	w3, [x21, #4180]
	b	.Lbelljar_BB17_1
.Lbelljar_BB17_8:
	ldr	x8, [x21, #4208]
	mov	w9, #51712
	ldr	x10, [x21, #4216]
	movk	w9, #15258, lsl #16
	mov	x11, #23123
	mov	x0, x20
	madd	x8, x8, x9, x10
	ldr	x10, [x20, #64]
	movk	x11, #41115, lsl #16
	movk	x11, #47151, lsl #32
	mov	w2, w19
	mov	w1, #1
	movk	x11, #68, lsl #48
	add	x8, x8, x10
	str	x8, [x20, #64]
	ldr	x8, [x21, #4208]
	ldr	x10, [x21, #4216]
	madd	x8, x8, x9, x10
	lsr	x10, x8, #9
	umulh	x10, x10, x11
	lsr	x10, x10, #11
	msub	x8, x10, x9, x8
	ldr	x9, [x20, #32]
	stp	x10, x8, [x9, #48]
	ldr	w8, [x21, #4188]
	ldp	x20, x19, [sp, #32]
	ldr	x21, [sp, #16]
	str	w8, [x9, #24]
	ldp	x29, x30, [sp], #48
	b	.Lbelljar_tell
.Lbelljar_BB17_9:
	ldp	x20, x19, [sp, #32]
	mov	w1, #9
	ldr	x0, [x21, #4232]
	ldr	x21, [sp, #16]
	ldp	x29, x30, [sp], #48
	b	.Lbelljar_signal
.Lbelljar_BB17_10:
	ldr	w2, [x21, #4184]
	mov	x0, x20
	mov	w1, w19
	bl	.Lbelljar_fail
.Lbelljar_tell_end:
	ldr	x8, [x0, #24]
	ldr	x9, [x8, #8]
	mov	x8, x1
	add	x9, x9, x1, lsl #24
	ldr	w10, [x9, #4272]
	cmp	w10, #0
	csel	w12, w2, w10, eq
	cmp	w12, #7
	b.ne	.Lbelljar_BB18_2
	ldr	w10, [x9, #4184]
	ldr	w9, [x9, #4180]
	mov	w1, #2
	ldr	x11, [x0, #32]
	mov	w2, w8
	stp	w10, w9, [x11, #8]
	b	.Lbelljar_tell
.Lbelljar_BB18_2:
	ldr	x10, [x0, #32]
	mov	w13, #51712
	mov	x15, #23123
	movk	w13, #15258, lsl #16
	movk	x15, #41115, lsl #16
	mov	x11, xzr
	str	w12, [x10, #16]
	movk	x15, #47151, lsl #32
	ldr	w12, [x9, #4264]
	movk	x15, #68, lsl #48
	str	w12, [x10, #20]
	ldr	x12, [x9, #4240]
	str	x12, [x10, #32]
	ldr	x12, [x9, #4280]
	str	x12, [x10, #40]
	ldr	x12, [x9, #4208]
	ldr	x14, [x9, #4216]
	madd	x12, x12, x13, x14
	lsr	x14, x12, #9
	umulh	x14, x14, x15
	lsr	x14, x14, #11
	msub	x12, x14, x13, x12
	mov	w13, #4288
	stp	x14, x12, [x10, #48]
	add	x12, x9, x13
	add	x13, x10, #64
.Lbelljar_BB18_3:
	ldr	x14, [x12, x11]
	str	x14, [x13, x11]
	add	x11, x11, #8
	cmp	x11, #80
	b.ne	.Lbelljar_BB18_3
	mov	w12, #4368
	mov	x11, xzr
	add	x10, x10, #144
	add	x9, x9, x12
.Lbelljar_BB18_5:
	ldr	x12, [x9, x11]
	str	x12, [x10, x11]
	add	x11, x11, #8
	cmp	x11, #144
	b.ne	.Lbelljar_BB18_5
	mov	w1, #3
	mov	w2, w8
	b	.Lbelljar_tell
.Lbelljar_measure_reaped:
	ldr	x8, [x0, #32]
	mov	x0, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x8, #144
	mov	w8, #165
	svc	#0
	ret
.Lbelljar_cpu_time:
	stp	x29, x30, [sp, #-96]!
	str	x28, [sp, #16]
	mov	x29, sp
	stp	x26, x25, [sp, #32]
	stp	x24, x23, [sp, #48]
	stp	x22, x21, [sp, #64]
	stp	x20, x19, [sp, #80]
	sub	sp, sp, #1040
	str	xzr, [sp]
	ldr	x22, [x0, #24]
	mov	x21, x0
	ldr	x0, [x22, #80]
	tbnz	x0, #63, .Lbelljar_BB20_3
	movi	v0.2d, #0000000000000000
	mov	w8, #67
	mov	x4, xzr
	mov	x5, xzr
	mov	x1, sp
	mov	w2, #1024
	mov	w3, #11
	str	q0, [sp, #1024]
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #1032]
	mov	x0, sp
	str	x8, [sp, #1024]
	bl	.Lbelljar_number
	tbz	w0, #0, .Lbelljar_BB20_3
	mov	w8, #1000
	mul	x19, x1, x8
	b	.Lbelljar_BB20_20
.Lbelljar_BB20_3:
	ldr	x9, [x21, #32]
	mov	x0, #-1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, x9, #144
	mov	w8, #165
	svc	#0
	ldp	x11, x8, [x9, #152]
	ldr	x10, [x9, #144]
	ldr	x9, [x9, #168]
	ldr	x20, [x22, #88]
	add	x8, x8, x10
	mov	w10, #51712
	add	x9, x9, x11
	movk	w10, #15258, lsl #16
	mul	x8, x8, x10
	mov	w10, #1000
	madd	x19, x9, x10, x8
	tbnz	x20, #63, .Lbelljar_BB20_21
	movi	v0.2d, #0000000000000000
	mov	x0, x20
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	w8, #62
	svc	#0
	mov	w8, #61
	mov	x0, x20
	mov	x1, sp
	str	q0, [sp, #1024]
	mov	w2, #1024
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	bic	x8, x0, x0, asr #63
	cmp	x0, #1
	mov	x23, sp
	mov	x24, xzr
	str	x8, [sp, #1024]
	b.lt	.Lbelljar_BB20_19
	mov	w8, #1
	mov	w25, #-6
.Lbelljar_BB20_6:
	cbz	x8, .Lbelljar_BB20_18
	mov	x26, xzr
.Lbelljar_BB20_8:
	add	x8, x26, #19
	mov	x0, sp
	str	x8, [sp, #1032]
	bl	.Lbelljar_number
	cmp	x0, #1
	b.ne	.Lbelljar_BB20_11
	mov	x21, x1
	cmp	x1, #2
	b.lo	.Lbelljar_BB20_11
	lsl	w8, w21, #3
	eor	x0, x8, x25
	bl	.Lbelljar_clock
	mov	x22, x0
	mov	x0, x20
	mov	x1, x21
	bl	.Lbelljar_reaped_by
	add	x8, x24, x0
	add	x24, x22, x8
.Lbelljar_BB20_11:
	add	x10, x26, #16
	ldr	x8, [sp, #1024]
	mov	x9, xzr
	cmp	x10, #1023
	b.hi	.Lbelljar_BB20_14
	cmp	x10, x8
	b.hs	.Lbelljar_BB20_14
	ldrb	w9, [x23, x10]
.Lbelljar_BB20_14:
	add	x11, x26, #17
	mov	x10, xzr
	cmp	x11, #1023
	b.hi	.Lbelljar_BB20_17
	cmp	x11, x8
	b.hs	.Lbelljar_BB20_17
	ldrb	w10, [x23, x11]
	lsl	x10, x10, #8
.Lbelljar_BB20_17:
	add	x9, x9, x26
	add	x26, x9, x10
	cmp	x26, x8
	b.lo	.Lbelljar_BB20_8
.Lbelljar_BB20_18:
	movi	v0.2d, #0000000000000000
	mov	w8, #61
	mov	x0, x20
	mov	x1, sp
	mov	w2, #1024
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	str	q0, [sp, #1024]
	svc	#0
	bic	x8, x0, x0, asr #63
	cmp	x0, #1
	str	x8, [sp, #1024]
	b.ge	.Lbelljar_BB20_6
.Lbelljar_BB20_19:
	add	x19, x24, x19
.Lbelljar_BB20_20:
	mov	x0, x19
	add	sp, sp, #1040
	ldp	x20, x19, [sp, #80]
	ldr	x28, [sp, #16]
	ldp	x22, x21, [sp, #64]
	ldp	x24, x23, [sp, #48]
	ldp	x26, x25, [sp, #32]
	ldp	x29, x30, [sp], #96
	ret
.Lbelljar_BB20_21:
	ldr	x20, [x21, #40]
	cbz	x20, .Lbelljar_BB20_20
	mov	w21, #-6
.Lbelljar_BB20_23:
	rbit	x8, x20
	ldr	x9, [x22, #8]
	clz	x8, x8
	adds	x8, x9, x8, lsl #24
	b.eq	.Lbelljar_BB20_20
	ldr	x8, [x8, #4232]
	sub	x9, x20, #1
	and	x20, x9, x20
	lsl	w8, w8, #3
	eor	x0, x8, x21
	bl	.Lbelljar_clock
	add	x19, x0, x19
	cbz	x20, .Lbelljar_BB20_20
	b	.Lbelljar_BB20_23
.Lbelljar_number:
	ldr	x10, [x0, #1032]
	mov	x8, x0
	mov	x0, xzr
	cmp	x10, #1023
	b.hi	.Lbelljar_BB21_8
	ldr	x9, [x8, #1024]
	cmp	x10, x9
	b.hs	.Lbelljar_BB21_6
	mov	x11, xzr
	mov	w0, #1
.Lbelljar_BB21_3:
	ldrb	w12, [x8, x10]
	sub	w12, w12, #48
	cmp	w12, #9
	b.hi	.Lbelljar_BB21_7
	add	x13, x1, x1, lsl #2
	tst	w11, #0x1
	lsl	x13, x13, #1
	csel	x11, x13, xzr, ne
	cmp	x10, #1022
	add	x1, x11, w12, uxtb
	add	x12, x10, #1
	str	x12, [x8, #1032]
	b.hi	.Lbelljar_BB21_6
	cmp	x12, x9
	mov	w11, #1
	mov	x10, x12
	b.lo	.Lbelljar_BB21_3
.Lbelljar_BB21_6:
	ret
.Lbelljar_BB21_7:
	mov	x0, x11
	ret
.Lbelljar_BB21_8:
	ret
.Lbelljar_reaped_by:
	stp	x29, x30, [sp, #-32]!
	stp	x28, x19, [sp, #16]
	mov	x29, sp
	sub	sp, sp, #1056
	str	xzr, [sp]
	mov	x9, #29487
	mov	x8, xzr
	movk	x9, #24948, lsl #16
	movk	x9, #116, lsl #32
	cbz	w1, .Lbelljar_BB22_3
	mov	w10, #52429
	mov	w11, #10
	movk	w10, #52428, lsl #16
.Lbelljar_BB22_2:
	umull	x13, w1, w10
	mov	w12, w1
	extr	x8, x8, x9, #56
	cmp	w12, #10
	lsr	x1, x13, #35
	msub	w13, w1, w11, w12
	orr	w13, w13, #0x30
	orr	x9, x13, x9, lsl #8
	b.hs	.Lbelljar_BB22_2
.Lbelljar_BB22_3:
	stp	x9, x8, [sp]
	mov	w2, #2048
	mov	x1, sp
	mov	w8, #56
	movk	w2, #8, lsl #16
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #24
	b.eq	.Lbelljar_BB22_22
	mov	x9, x0
	tbnz	x0, #63, .Lbelljar_BB22_11
	movi	v0.2d, #0000000000000000
	mov	x0, x9
	mov	w8, #67
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	add	x1, sp, #16
	mov	w2, #1024
	add	x10, sp, #16
	str	q0, [sp, #1040]
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #1048]
	mov	x0, x9
	mov	x1, xzr
	mov	x2, xzr
	str	x8, [sp, #1040]
	mov	w8, #57
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	ldr	x8, [sp, #1040]
	str	x8, [sp, #1048]
	cbz	x8, .Lbelljar_BB22_12
	mov	x9, x8
.Lbelljar_BB22_7:
	cmp	x9, #1023
	b.hi	.Lbelljar_BB22_10
	cmp	x9, x8
	b.hs	.Lbelljar_BB22_10
	ldrb	w11, [x10, x9]
	cmp	w11, #41
	b.eq	.Lbelljar_BB22_13
.Lbelljar_BB22_10:
	subs	x9, x9, #1
	str	x9, [sp, #1048]
	b.ne	.Lbelljar_BB22_7
	b	.Lbelljar_BB22_13
.Lbelljar_BB22_11:
	mov	x0, xzr
	b	.Lbelljar_BB22_21
.Lbelljar_BB22_12:
	mov	x9, xzr
.Lbelljar_BB22_13:
	cmp	x9, x8
	b.hs	.Lbelljar_BB22_20
	mov	w10, wzr
	add	x11, sp, #16
.Lbelljar_BB22_15:
	cmp	x9, #1023
	b.ls	.Lbelljar_BB22_17
	mov	w12, wzr
	b	.Lbelljar_BB22_18
.Lbelljar_BB22_17:
	ldrb	w12, [x11, x9]
	cmp	w12, #32
	cset	w12, eq
.Lbelljar_BB22_18:
	add	x9, x9, #1
	cmp	x9, x8
	str	x9, [sp, #1048]
	b.hs	.Lbelljar_BB22_20
	add	w10, w12, w10
	cmp	w10, #14
	b.lo	.Lbelljar_BB22_15
.Lbelljar_BB22_20:
	add	x0, sp, #16
	bl	.Lbelljar_number
	ldr	x8, [sp, #1048]
	tst	w0, #0x1
	add	x0, sp, #16
	csel	x19, x1, xzr, ne
	add	x8, x8, #1
	str	x8, [sp, #1048]
	bl	.Lbelljar_number
	tst	w0, #0x1
	mov	w8, #38528
	csel	x9, x1, xzr, ne
	movk	w8, #152, lsl #16
	add	x9, x9, x19
	mul	x0, x9, x8
.Lbelljar_BB22_21:
	add	sp, sp, #1056
	ldp	x28, x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
.Lbelljar_BB22_22:
	bl	.Lbelljar_exit
.Lbelljar_look_after:
	stp	x29, x30, [sp, #-80]!
	stp	x22, x21, [sp, #48]
	ldr	x22, [x0, #40]
	mov	x29, sp
	str	x25, [sp, #16]
	stp	x24, x23, [sp, #32]
	stp	x20, x19, [sp, #64]
	cbz	x22, .Lbelljar_BB23_12
	ldr	x23, [x0, #24]
	mov	x19, x0
	mov	w24, #4180
	mov	w25, #1
.Lbelljar_BB23_2:
	rbit	x8, x22
	ldr	x9, [x23, #8]
	clz	x20, x8
	adds	x8, x9, x20, lsl #24
	b.eq	.Lbelljar_BB23_12
	add	x9, x8, x24
	ldr	w10, [x8, #4268]
	ldar	w9, [x9]
	ldr	x8, [x8, #4248]
	tbnz	x8, #63, .Lbelljar_BB23_6
	cbz	w10, .Lbelljar_BB23_10
	mov	x0, x19
	mov	x1, x20
	bl	.Lbelljar_started
	b	.Lbelljar_BB23_7
.Lbelljar_BB23_6:
	cbz	w10, .Lbelljar_BB23_9
.Lbelljar_BB23_7:
	ldr	x8, [x19, #24]
	ldr	w9, [x8, #64]
	cbnz	w9, .Lbelljar_BB23_14
	lsl	x9, x20, #24
	ldr	x8, [x8, #8]
	add	x21, x8, x9
	ldr	x0, [x21, #4256]
	bl	.Lbelljar_close
	ldr	x0, [x21, #4248]
	bl	.Lbelljar_close
	lsl	x8, x25, x20
	ldr	x9, [x19, #40]
	mov	x0, x19
	mov	x1, x20
	mov	w2, #1
	bic	x8, x9, x8
	str	x8, [x19, #40]
	bl	.Lbelljar_tell_end
	mov	x0, x21
	mov	w8, #215
	mov	w1, #16777216
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB23_9:
	sub	x8, x22, #1
	and	x22, x8, x22
	cbz	x22, .Lbelljar_BB23_12
	b	.Lbelljar_BB23_2
.Lbelljar_BB23_10:
	cbz	w9, .Lbelljar_BB23_9
	mov	x0, x19
	mov	x1, x20
	bl	.Lbelljar_started
	b	.Lbelljar_BB23_9
.Lbelljar_BB23_12:
	mov	w0, wzr
.Lbelljar_BB23_13:
	ldp	x20, x19, [sp, #64]
	ldr	x25, [sp, #16]
	ldp	x22, x21, [sp, #48]
	ldp	x24, x23, [sp, #32]
	ldp	x29, x30, [sp], #80
	ret
.Lbelljar_BB23_14:
	mov	w0, #1
	b	.Lbelljar_BB23_13
.Lbelljar_hear_of_children:
	sub	sp, sp, #32
	mov	w8, #65536
	stp	x29, x30, [sp, #16]
	mov	x9, x0
	str	x8, [sp, #8]
	mov	x0, #-1
	mov	w3, #2048
	add	x1, sp, #8
	mov	w8, #74
	mov	w2, #8
	movk	w3, #8, lsl #16
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	add	x29, sp, #16
	str	x0, [x9, #48]
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB24_2
	ldp	x29, x30, [sp, #16]
	add	sp, sp, #32
	ret
.Lbelljar_BB24_2:
	neg	w3, w0
	mov	x0, x9
	mov	w1, #-1
	mov	w2, #-1
	bl	.Lbelljar_fail
.Lbelljar_wait:
	sub	sp, sp, #112
	ldr	x8, [x0, #32]
	stp	x29, x30, [sp, #16]
	add	x29, sp, #16
	stp	x28, x27, [sp, #32]
	mov	x9, x0
	mov	x0, #-1
	stp	x26, x25, [sp, #48]
	mov	x2, x1
	sub	x1, x29, #4
	stp	x24, x23, [sp, #64]
	mov	x4, xzr
	mov	x5, xzr
	stp	x22, x21, [sp, #80]
	stp	x20, x19, [sp, #96]
	add	x19, x8, #144
	mov	w8, #260
	stur	wzr, [x29, #-4]
	mov	x3, x19
	svc	#0
	mov	x20, x0
	ldr	x22, [x9, #40]
	cbz	x22, .Lbelljar_BB25_24
	ldr	x23, [x9, #24]
	mov	w24, #4180
	mov	w25, #4200
	mov	w21, #-2
	mov	w27, #1
	mov	w28, #4368
.Lbelljar_BB25_2:
	rbit	x8, x22
	ldr	x9, [x23, #8]
	clz	x8, x8
	adds	x26, x9, x8, lsl #24
	b.eq	.Lbelljar_BB25_24
	cmp	x20, #1
	b.lt	.Lbelljar_BB25_21
	ldr	x8, [x26, #4232]
	cmp	x8, x20
	b.ne	.Lbelljar_BB25_21
	ldr	w8, [x26, #4268]
	cbnz	w8, .Lbelljar_BB25_21
	ldur	w8, [x29, #-4]
	and	w9, w8, #0xff
	cmp	w9, #127
	b.ne	.Lbelljar_BB25_19
	add	x9, x26, x24
	ldar	w9, [x9]
	cbnz	w9, .Lbelljar_BB25_21
	add	x9, x26, x25
	and	w10, w8, #0xffffff00
	ldar	x8, [x9]
	cmp	w10, #2816
	b.ne	.Lbelljar_BB25_22
	tbnz	x8, #63, .Lbelljar_BB25_22
	ldr	w8, [x26, #4164]
	cbz	w8, .Lbelljar_BB25_12
	mov	w0, #4
	mov	w8, #167
	mov	w1, #1
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB25_12:
	ldr	x0, [x26, #4232]
	mov	w8, #434
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x9, x0
	cmn	x0, #1, lsl #12
	b.hi	.Lbelljar_BB25_14
	mov	x0, x9
	ldr	x1, [x26, #4200]
	mov	w8, #438
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	mov	x21, x0
	mov	x0, x9
	bl	.Lbelljar_close
	mov	x9, x21
	mov	w21, #-2
.Lbelljar_BB25_14:
	ldr	w8, [x26, #4164]
	cbz	w8, .Lbelljar_BB25_16
	mov	w0, #4
	mov	w8, #167
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB25_16:
	cmn	x9, #1, lsl #12
	b.hi	.Lbelljar_BB25_18
	str	x9, [x26, #4256]
	add	x0, x26, #4095, lsl #12
	mov	w8, #222
	mov	w1, #1
	mov	w2, #1
	mov	w3, #50
	mov	x4, #-1
	mov	x5, xzr
	svc	#0
	mov	x9, x0
	cmn	x0, #1, lsl #12
	b.ls	.Lbelljar_BB25_23
.Lbelljar_BB25_18:
	neg	w8, w9
	add	x9, x26, x24
	str	w21, [x26, #4184]
	stlr	w8, [x9]
	b	.Lbelljar_BB25_21
.Lbelljar_BB25_19:
	mov	w0, #1
	str	w27, [x26, #4268]
	str	w8, [x26, #4264]
	bl	.Lbelljar_clock
	mov	x8, xzr
	add	x9, x26, x28
	str	x0, [x26, #4280]
.Lbelljar_BB25_20:
	ldr	x10, [x19, x8]
	str	x10, [x9, x8]
	add	x8, x8, #8
	cmp	x8, #144
	b.ne	.Lbelljar_BB25_20
.Lbelljar_BB25_21:
	sub	x8, x22, #1
	and	x22, x8, x22
	cbnz	x22, .Lbelljar_BB25_2
	b	.Lbelljar_BB25_24
.Lbelljar_BB25_22:
	mov	w0, #7
	ldr	x1, [x26, #4232]
	mov	w8, #117
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB25_21
.Lbelljar_BB25_23:
	mov	w8, #4192
	mov	w0, #17
	mov	x2, xzr
	add	x8, x26, x8
	mov	x3, xzr
	mov	x4, xzr
	stlr	w27, [x8]
	mov	w8, #117
	mov	x5, xzr
	ldr	x1, [x26, #4232]
	svc	#0
	b	.Lbelljar_BB25_21
.Lbelljar_BB25_24:
	mov	x0, x20
	ldp	x20, x19, [sp, #96]
	ldp	x22, x21, [sp, #80]
	ldp	x24, x23, [sp, #64]
	ldp	x26, x25, [sp, #48]
	ldp	x28, x27, [sp, #32]
	ldp	x29, x30, [sp, #16]
	add	sp, sp, #112
	ret
.Lbelljar_leave:
	sub	sp, sp, #64
	str	x19, [sp, #48]
	ldr	x19, [x0, #24]
	stp	x29, x30, [sp, #32]
	add	x29, sp, #32
	ldr	x8, [x19, #104]
	tbnz	x8, #63, .Lbelljar_BB26_3
	ldur	q0, [x19, #40]
	mov	x9, x0
	stp	xzr, xzr, [sp, #16]
	mov	x0, sp
	add	x2, sp, #16
	mov	w8, #73
	str	q0, [sp]
	mov	w1, #2
	mov	x3, xzr
	mov	w4, #8
	mov	x5, xzr
	svc	#0
	ldr	x8, [sp]
	tbnz	x8, #52, .Lbelljar_BB26_4
	ldr	x8, [sp, #8]
	lsr	x8, x8, #48
	cbnz	x8, .Lbelljar_BB26_4
.Lbelljar_BB26_3:
	bl	.Lbelljar_exit
.Lbelljar_BB26_4:
	mov	x0, x9
	bl	.Lbelljar_end_tree
	ldr	x0, [x19, #104]
	add	x1, x19, #112
	mov	w8, #35
	mov	w2, #512
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	bl	.Lbelljar_exit
.Lbelljar_end_tree:
	stp	x29, x30, [sp, #-64]!
	stp	x28, x23, [sp, #16]
	mov	x29, sp
	stp	x22, x21, [sp, #32]
	stp	x20, x19, [sp, #48]
	sub	sp, sp, #1040
	str	xzr, [sp]
	ldr	x21, [x0, #24]
	mov	x19, x0
	ldr	w8, [x21, #60]
	cbz	w8, .Lbelljar_BB27_3
	mov	x0, #-1
	mov	w1, #9
	bl	.Lbelljar_signal
	cbz	x0, .Lbelljar_BB27_18
	cmn	x0, #13
	b.ne	.Lbelljar_BB27_19
	b	.Lbelljar_BB27_20
.Lbelljar_BB27_3:
	ldr	x20, [x19, #40]
	cbz	x20, .Lbelljar_BB27_8
.Lbelljar_BB27_4:
	rbit	x8, x20
	ldr	x9, [x21, #8]
	clz	x8, x8
	adds	x22, x9, x8, lsl #24
	b.eq	.Lbelljar_BB27_8
	ldr	w8, [x22, #4268]
	cbnz	w8, .Lbelljar_BB27_7
	ldr	x8, [x22, #4232]
	mov	w1, #9
	neg	x0, x8
	bl	.Lbelljar_signal
	ldr	x0, [x22, #4232]
	mov	w1, #9
	bl	.Lbelljar_signal
.Lbelljar_BB27_7:
	sub	x8, x20, #1
	and	x20, x8, x20
	cbnz	x20, .Lbelljar_BB27_4
.Lbelljar_BB27_8:
	mov	w23, #16960
	mov	x22, sp
	movk	w23, #15, lsl #16
.Lbelljar_BB27_9:
	mov	x0, x19
	bl	.Lbelljar_clear_user
	movi	v0.2d, #0000000000000000
	mov	x20, x0
	mov	w8, #67
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	x1, sp
	mov	w2, #1024
	str	q0, [sp, #1024]
	ldr	x0, [x21, #96]
	svc	#0
	bic	x8, x0, x0, asr #63
	str	xzr, [sp, #1032]
	mov	x0, sp
	str	x8, [sp, #1024]
	bl	.Lbelljar_number
	cmp	x0, #1
	b.ne	.Lbelljar_BB27_14
.Lbelljar_BB27_10:
	ldr	x8, [sp, #1032]
	cmp	x8, #1023
	b.hi	.Lbelljar_BB27_14
	ldr	x9, [sp, #1024]
	cmp	x8, x9
	b.hs	.Lbelljar_BB27_14
	ldrb	w9, [x22, x8]
	add	x8, x8, #1
	str	x8, [sp, #1032]
	cmp	w9, #32
	b.ne	.Lbelljar_BB27_14
	mov	x0, x1
	mov	w1, #9
	bl	.Lbelljar_signal
	mov	x0, sp
	bl	.Lbelljar_number
	tbnz	w0, #0, .Lbelljar_BB27_10
.Lbelljar_BB27_14:
	mov	w1, #1
	mov	x0, x19
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	cmp	x0, #0
	b.gt	.Lbelljar_BB27_14
	cmn	x20, #11
	b.eq	.Lbelljar_BB27_17
	cmn	x0, #10
	b.eq	.Lbelljar_BB27_20
.Lbelljar_BB27_17:
	stp	xzr, x23, [sp]
	mov	x0, sp
	mov	w8, #101
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	b	.Lbelljar_BB27_9
.Lbelljar_BB27_18:
	mov	w8, #8
	ldr	w0, [x21, #56]
	mov	x1, sp
	str	w8, [sp]
	mov	w8, #206
	mov	w2, #4
	mov	w3, #16448
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB27_19:
	mov	x0, x19
	mov	w1, #1073741824
	bl	.Lbelljar_wait
	cmp	x0, #0
	b.gt	.Lbelljar_BB27_19
.Lbelljar_BB27_20:
	add	sp, sp, #1040
	ldp	x20, x19, [sp, #48]
	ldp	x22, x21, [sp, #32]
	ldp	x28, x23, [sp, #16]
	ldp	x29, x30, [sp], #64
	ret
.Lbelljar_supervise:
	stp	x29, x30, [sp, #-96]!
	stp	x28, x27, [sp, #16]
	mov	x29, sp
	stp	x26, x25, [sp, #32]
	stp	x24, x23, [sp, #48]
	stp	x22, x21, [sp, #64]
	stp	x20, x19, [sp, #80]
	sub	sp, sp, #2240
	str	xzr, [sp]
	ldr	x8, [x0, #24]
	mov	x19, x0
	ldr	w9, [x8, #64]
	cbnz	w9, .Lbelljar_BB28_2
	mov	x0, x19
	bl	.Lbelljar_hear_of_children
	mov	w0, #1
	bl	.Lbelljar_clock
	str	x0, [x19, #56]
	mov	x0, x19
	mov	w1, #4
	mov	w2, #-1
	bl	.Lbelljar_tell
	ldr	x8, [x19, #24]
	b	.Lbelljar_BB28_3
.Lbelljar_BB28_2:
	ldr	x9, [x8, #8]
	ldr	x9, [x9, #4240]
	str	x9, [x19, #56]
.Lbelljar_BB28_3:
	ldp	x10, x8, [x8, #40]
	add	x9, sp, #1128
	mov	w21, #64
	str	x19, [sp, #32]
	stp	x8, x10, [sp, #16]
	add	x10, x9, #16
	add	x8, x9, #20
	stp	x8, x10, [sp]
.Lbelljar_BB28_4:
	mov	w1, #1
	mov	x0, x19
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	mov	x20, x0
	cmp	x0, #1
	b.lt	.Lbelljar_BB28_6
	sub	w21, w21, #1
	cbnz	w21, .Lbelljar_BB28_4
.Lbelljar_BB28_6:
	mov	x0, x19
	bl	.Lbelljar_look_after
	tbnz	w0, #0, .Lbelljar_BB28_108
	mov	w0, #1
	bl	.Lbelljar_clock
	ldr	x27, [x19, #40]
	ldr	x25, [x19, #24]
	mov	x24, x0
	cbz	x27, .Lbelljar_BB28_32
	mov	w10, wzr
	mov	x28, #-1
	mov	x26, x27
.Lbelljar_BB28_9:
	rbit	x8, x26
	ldr	x9, [x25, #8]
	clz	x8, x8
	adds	x21, x9, x8, lsl #24
	b.eq	.Lbelljar_BB28_30
	ldr	w8, [x21, #4272]
	cbz	w8, .Lbelljar_BB28_12
.Lbelljar_BB28_11:
	sub	x8, x26, #1
	and	x26, x8, x26
	cbnz	x26, .Lbelljar_BB28_9
	b	.Lbelljar_BB28_30
.Lbelljar_BB28_12:
	ldr	x22, [x21, #4248]
	tbnz	x22, #63, .Lbelljar_BB28_14
	mov	w10, #16960
	ldr	x8, [x21, #4200]
	ldr	w9, [x25, #64]
	movk	w10, #15, lsl #16
	cmp	x28, x10
	csel	x10, x28, x10, lo
	cmp	x8, #0
	csel	x28, x28, x10, mi
	mov	w10, #1
	cbnz	w9, .Lbelljar_BB28_11
.Lbelljar_BB28_14:
	ldr	x8, [x21, #4240]
	ldr	x9, [x21, #4136]
	sub	x8, x24, x8
	subs	x8, x9, x8
	csel	x23, xzr, x8, lo
	b.hi	.Lbelljar_BB28_17
	ldr	w8, [x21, #4268]
	mov	w9, #2
	str	w9, [x21, #4272]
	cbnz	w8, .Lbelljar_BB28_17
	ldr	x0, [x21, #4232]
	mov	w1, #9
	str	x24, [sp, #40]
	mov	w24, w10
	bl	.Lbelljar_signal
	mov	w10, w24
	ldr	x24, [sp, #40]
.Lbelljar_BB28_17:
	cmp	x23, #1
	csinc	x8, x23, xzr, hi
	cmp	x8, x28
	csel	x28, x8, x28, lo
	tbz	x22, #63, .Lbelljar_BB28_11
	ldr	x8, [x21, #4144]
	cbz	x8, .Lbelljar_BB28_11
	ldr	x23, [x21, #4232]
	str	w10, [sp, #40]
	mov	w9, #-6
	mov	x19, x24
	ldr	x24, [x25, #88]
	lsl	w8, w23, #3
	eor	x0, x8, x9
	bl	.Lbelljar_clock
	mov	x22, x0
	tbnz	x24, #63, .Lbelljar_BB28_21
	mov	x0, x24
	mov	x1, x23
	bl	.Lbelljar_reaped_by
	add	x22, x0, x22
.Lbelljar_BB28_21:
	ldr	x8, [x21, #4208]
	mov	w11, #51712
	ldr	x9, [x21, #4216]
	movk	w11, #15258, lsl #16
	ldr	x10, [x21, #4144]
	mov	x24, x19
	madd	x8, x8, x11, x9
	subs	x8, x22, x8
	csel	x8, xzr, x8, lo
	subs	x8, x10, x8
	b.lo	.Lbelljar_BB28_23
	b.ne	.Lbelljar_BB28_26
.Lbelljar_BB28_23:
	ldr	w8, [x21, #4272]
	ldr	x19, [sp, #32]
	cbnz	w8, .Lbelljar_BB28_29
	ldr	w8, [x21, #4268]
	ldr	w10, [sp, #40]
	mov	w9, #3
	str	w9, [x21, #4272]
	cbnz	w8, .Lbelljar_BB28_11
	ldr	x0, [x21, #4232]
	mov	w1, #9
	bl	.Lbelljar_signal
	b	.Lbelljar_BB28_29
.Lbelljar_BB28_26:
	ldr	x10, [x25, #32]
	mov	w9, #33920
	ldr	x19, [sp, #32]
	movk	w9, #30, lsl #16
	cbz	x10, .Lbelljar_BB28_28
	udiv	x8, x8, x10
	mov	w9, #33920
	movk	w9, #30, lsl #16
	cmp	x8, x9
	csel	x9, x8, x9, hi
.Lbelljar_BB28_28:
	cmp	x9, x28
	csel	x28, x9, x28, lo
.Lbelljar_BB28_29:
	ldr	w10, [sp, #40]
	b	.Lbelljar_BB28_11
.Lbelljar_BB28_30:
	ldr	w8, [x25, #64]
	cbz	w8, .Lbelljar_BB28_33
	tbz	w10, #0, .Lbelljar_BB28_33
	b	.Lbelljar_BB28_42
.Lbelljar_BB28_32:
	mov	x28, #-1
.Lbelljar_BB28_33:
	ldr	x8, [x19, #56]
	ldr	x9, [x25, #16]
	sub	x8, x24, x8
	subs	x8, x9, x8
	b.ls	.Lbelljar_BB28_111
	ldr	x9, [x25, #24]
	cmp	x8, x28
	csel	x28, x8, x28, lo
	cbz	x9, .Lbelljar_BB28_42
	ldr	x8, [x19, #64]
	mov	x0, x19
	adds	x8, x9, x8
	csinv	x21, x8, xzr, lo
	bl	.Lbelljar_cpu_time
	cmp	x0, x21
	b.lo	.Lbelljar_BB28_37
	mov	x0, x19
	bl	.Lbelljar_cpu_time
.Lbelljar_BB28_37:
	subs	x8, x21, x0
	b.lo	.Lbelljar_BB28_109
	b.eq	.Lbelljar_BB28_109
	ldr	x10, [x25, #32]
	mov	w9, #33920
	movk	w9, #30, lsl #16
	cbz	x10, .Lbelljar_BB28_41
	udiv	x8, x8, x10
	mov	w9, #33920
	movk	w9, #30, lsl #16
	cmp	x8, x9
	csel	x9, x8, x9, hi
.Lbelljar_BB28_41:
	cmp	x9, x28
	csel	x28, x9, x28, lo
.Lbelljar_BB28_42:
	cmp	x20, #0
	mov	x10, #23123
	ldr	x11, [sp, #24]
	csel	x8, xzr, x28, gt
	movk	x10, #41115, lsl #16
	lsr	x9, x8, #9
	movk	x10, #47151, lsl #32
	movk	x10, #68, lsl #48
	umulh	x9, x9, x10
	lsr	x10, x9, #11
	mov	w9, #51712
	movk	w9, #15258, lsl #16
	msub	x8, x10, x9, x8
	ldr	x9, [x19, #48]
	str	x10, [sp, #48]
	stp	x8, x11, [sp, #56]
	mov	x11, #4294967296
	ldr	x8, [sp, #16]
	bfxil	x11, x9, #0, #32
	stp	x8, x11, [sp, #72]
	cbz	x27, .Lbelljar_BB28_49
	add	x28, sp, #64
	mov	x10, x27
	mov	w1, #3
	add	x8, x28, #32
.Lbelljar_BB28_44:
	rbit	x11, x10
	ldr	x12, [x25, #8]
	clz	x11, x11
	adds	x11, x12, x11, lsl #24
	b.eq	.Lbelljar_BB28_50
	ldr	w12, [x11, #4248]
	stur	x12, [x8, #-8]
	ldr	w12, [x11, #4272]
	cbz	w12, .Lbelljar_BB28_47
	mov	x11, #8589934591
	b	.Lbelljar_BB28_48
.Lbelljar_BB28_47:
	ldr	w11, [x11, #4256]
	orr	x11, x11, #0x100000000
.Lbelljar_BB28_48:
	sub	x12, x10, #1
	add	x1, x1, #2
	and	x10, x12, x10
	str	x11, [x8], #16
	cbz	x10, .Lbelljar_BB28_50
	b	.Lbelljar_BB28_44
.Lbelljar_BB28_49:
	mov	w1, #3
	add	x28, sp, #64
.Lbelljar_BB28_50:
	add	x0, sp, #64
	add	x2, sp, #48
	mov	w8, #73
	mov	x3, xzr
	mov	w4, #8
	mov	x5, xzr
	svc	#0
	cmp	x0, #1
	b.lt	.Lbelljar_BB28_106
	ldr	x8, [sp, #80]
	lsr	x8, x8, #48
	cbz	x8, .Lbelljar_BB28_53
	mov	x0, x9
	add	x1, sp, #1128
	mov	w8, #63
	mov	w2, #128
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
.Lbelljar_BB28_53:
	mov	w8, #-63
.Lbelljar_BB28_54:
	mov	w1, #1
	mov	x0, x19
	mov	w21, w8
	movk	w1, #16384, lsl #16
	bl	.Lbelljar_wait
	mov	x20, x0
	cmp	x0, #1
	b.lt	.Lbelljar_BB28_56
	add	w8, w21, #1
	cbnz	w21, .Lbelljar_BB28_54
.Lbelljar_BB28_56:
	cbz	x27, .Lbelljar_BB28_75
	mov	w22, #3
.Lbelljar_BB28_58:
	rbit	x8, x27
	ldr	x9, [x25, #8]
	clz	x21, x8
	adds	x23, x9, x21, lsl #24
	b.eq	.Lbelljar_BB28_75
	add	x8, x28, x22, lsl #3
	ldr	x24, [x8]
	ldr	x8, [x8, #8]
	lsr	x9, x8, #48
	cbz	x9, .Lbelljar_BB28_62
	tbnz	x8, #48, .Lbelljar_BB28_63
	ldr	x0, [x23, #4256]
	mov	x8, #-1
	str	x8, [x23, #4256]
	bl	.Lbelljar_close
.Lbelljar_BB28_62:
	mov	w26, wzr
	b	.Lbelljar_BB28_66
.Lbelljar_BB28_63:
	mov	w9, #4288
	mov	x8, xzr
	add	x9, x23, x9
.Lbelljar_BB28_64:
	str	xzr, [x9, x8]
	add	x8, x8, #8
	cmp	x8, #80
	b.ne	.Lbelljar_BB28_64
	ldr	x0, [x23, #4256]
	mov	w8, #4288
	mov	w1, #8448
	add	x2, x23, x8
	mov	w8, #29
	movk	w1, #49232, lsl #16
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #4095
	cset	w26, lo
.Lbelljar_BB28_66:
	ldr	x9, [x23, #4248]
	tst	x24, #0xffff000000000000
	csinc	w8, w26, wzr, eq
	tbnz	x9, #63, .Lbelljar_BB28_69
	tbz	w8, #0, .Lbelljar_BB28_69
	mov	x0, x19
	mov	x1, x21
	bl	.Lbelljar_started
.Lbelljar_BB28_69:
	tbz	w26, #0, .Lbelljar_BB28_74
	ldr	x8, [x19, #24]
	ldr	w8, [x8, #64]
	cbnz	w8, .Lbelljar_BB28_107
	ldr	w8, [x23, #4272]
	cbnz	w8, .Lbelljar_BB28_74
	ldr	w8, [x23, #4268]
	mov	w9, #5
	str	w9, [x23, #4272]
	cbnz	w8, .Lbelljar_BB28_74
	ldr	x0, [x23, #4232]
	mov	w1, #9
	bl	.Lbelljar_signal
.Lbelljar_BB28_74:
	sub	x8, x27, #1
	add	x22, x22, #2
	and	x27, x8, x27
	cbnz	x27, .Lbelljar_BB28_58
.Lbelljar_BB28_75:
	mov	x0, x19
	bl	.Lbelljar_look_after
	tbnz	w0, #0, .Lbelljar_BB28_108
	ldr	x8, [sp, #72]
	lsr	x8, x8, #48
	cbnz	x8, .Lbelljar_BB28_110
	ldr	x8, [sp, #64]
	lsr	x8, x8, #48
	cbz	x8, .Lbelljar_BB28_106
	add	x8, sp, #1112
	ldr	x9, [x19, #24]
	str	xzr, [sp, #1120]
	stur	x8, [x29, #-80]
	mov	w8, #16
	sub	x1, x29, #64
	stp	x8, xzr, [x29, #-72]
	sub	x8, x29, #80
	ldr	w0, [x9, #56]
	stp	xzr, x8, [x29, #-56]
	mov	w8, #1
	mov	w2, #64
	stur	x8, [x29, #-40]
	add	x8, sp, #1128
	mov	x3, xzr
	stur	x8, [x29, #-32]
	mov	w8, #1032
	mov	x4, xzr
	str	xzr, [sp, #1112]
	mov	x5, xzr
	stp	x8, xzr, [x29, #-24]
	mov	w8, #212
	svc	#0
	cmn	x0, #11
	b.eq	.Lbelljar_BB28_106
	cmn	x0, #4
	b.eq	.Lbelljar_BB28_106
	cmp	x0, #1
	b.lt	.Lbelljar_BB28_110
	ldr	x10, [sp, #1128]
	ldur	x8, [x29, #-24]
	mov	w11, #4
	sub	x10, x10, #16
	cmp	x8, #16
	lsr	x10, x10, #2
	csel	x3, x10, xzr, hi
	ldr	x10, [sp, #8]
	csel	x2, x10, x11, hi
	cmp	x0, #16
	b.ne	.Lbelljar_BB28_115
	ldurb	w10, [x29, #-16]
	tbnz	w10, #3, .Lbelljar_BB28_115
	ldr	w22, [sp, #1116]
	ldr	x11, [x19, #40]
	ldr	x13, [x19]
	ldr	w10, [sp, #1112]
	cmp	x22, #64
	lsr	x11, x11, x22
	cset	w12, lo
	cmp	x22, #63
	cset	w14, hi
	cmp	x13, #1
	b.ne	.Lbelljar_BB28_89
	ldr	x15, [x19, #8]
	cmp	x15, x22
	b.ne	.Lbelljar_BB28_89
	cmp	w10, #2
	b.ne	.Lbelljar_BB28_90
	cbz	x3, .Lbelljar_BB28_115
	mov	x0, x19
	mov	x1, x22
.Lbelljar_BB28_88:
	bl	.Lbelljar_take
	b	.Lbelljar_BB28_106
.Lbelljar_BB28_89:
	cmp	w10, #1
	b.eq	.Lbelljar_BB28_95
.Lbelljar_BB28_90:
	cmp	w10, #3
	b.ne	.Lbelljar_BB28_113
	cbnz	x3, .Lbelljar_BB28_115
	and	w8, w12, w11
	tbz	w8, #0, .Lbelljar_BB28_100
	ldr	x8, [x9, #8]
	add	x8, x8, x22, lsl #24
	ldr	w9, [x8, #4268]
	cbnz	w9, .Lbelljar_BB28_106
	ldr	x1, [sp, #1120]
	ldr	x0, [x8, #4232]
	bl	.Lbelljar_signal
	b	.Lbelljar_BB28_106
.Lbelljar_BB28_95:
	mov	w21, #6
	cbz	x3, .Lbelljar_BB28_116
	orr	w10, w14, w11
	orr	w10, w13, w10
	tbnz	w10, #0, .Lbelljar_BB28_116
	ldr	x1, [sp, #1120]
	cmp	x8, #16
	ldr	x8, [sp]
	mov	w10, #8
	ldrsw	x4, [x2]
	sub	x21, x3, #1
	csel	x20, x8, x10, hi
	cmp	x1, #4095, lsl #12
	b.hi	.Lbelljar_BB28_101
	ldr	x8, [x9, #8]
	mov	w2, #3
	mov	w3, #18
	mov	x5, xzr
	add	x0, x8, x22, lsl #24
	mov	w8, #222
	svc	#0
	mov	x23, x0
	mov	x0, x4
	bl	.Lbelljar_close
	cmn	x23, #1, lsl #12
	b.hi	.Lbelljar_BB28_102
	mov	w8, #1
	mov	x0, x19
	mov	x1, x22
	mov	x2, x20
	mov	x3, x21
	stp	x8, x22, [x19]
	str	xzr, [x19, #16]
	b	.Lbelljar_BB28_88
.Lbelljar_BB28_100:
	cmp	w22, #63
	b.ls	.Lbelljar_BB28_106
	b	.Lbelljar_BB28_115
.Lbelljar_BB28_101:
	mov	x0, x4
	bl	.Lbelljar_close
	mov	x23, #-7
.Lbelljar_BB28_102:
	cbz	x21, .Lbelljar_BB28_105
	lsl	x21, x21, #2
.Lbelljar_BB28_104:
	ldrsw	x0, [x20], #4
	bl	.Lbelljar_close
	subs	x21, x21, #4
	b.ne	.Lbelljar_BB28_104
.Lbelljar_BB28_105:
	ldr	x8, [x19, #32]
	neg	w9, w23
	mov	w10, #-1
	mov	x0, x19
	mov	w1, #2
	mov	w2, w22
	stp	w10, w9, [x8, #8]
	bl	.Lbelljar_tell
.Lbelljar_BB28_106:
	mov	w21, #64
	b	.Lbelljar_BB28_4
.Lbelljar_BB28_107:
	mov	w21, #5
	mov	x20, xzr
	str	w21, [x23, #4272]
	b	.Lbelljar_BB28_116
.Lbelljar_BB28_108:
	mov	w21, #1
	b	.Lbelljar_BB28_116
.Lbelljar_BB28_109:
	mov	w21, #3
	b	.Lbelljar_BB28_112
.Lbelljar_BB28_110:
	mov	w21, #4
	b	.Lbelljar_BB28_116
.Lbelljar_BB28_111:
	mov	w21, #2
.Lbelljar_BB28_112:
	mov	w0, #1
	bl	.Lbelljar_clock
	mov	x20, x0
	b	.Lbelljar_BB28_118
.Lbelljar_BB28_113:
	cmp	w10, #4
	b.ne	.Lbelljar_BB28_115
	cmp	x3, #0
	mov	w8, #6
	mov	w9, #4
	csel	w21, w9, w8, eq
	b	.Lbelljar_BB28_116
.Lbelljar_BB28_115:
	mov	w21, #6
.Lbelljar_BB28_116:
	mov	w0, #1
	bl	.Lbelljar_clock
	cmn	x20, #10
	mov	x20, x0
	b.ne	.Lbelljar_BB28_118
	ldr	x8, [x19, #24]
	ldr	w8, [x8, #68]
	cbz	w8, .Lbelljar_BB28_119
.Lbelljar_BB28_118:
	mov	x0, x19
	bl	.Lbelljar_end_tree
.Lbelljar_BB28_119:
	ldr	x22, [x19, #40]
	cbz	x22, .Lbelljar_BB28_125
	ldr	x23, [x19, #24]
.Lbelljar_BB28_121:
	rbit	x8, x22
	ldr	x9, [x23, #8]
	clz	x1, x8
	adds	x8, x9, x1, lsl #24
	b.eq	.Lbelljar_BB28_125
	ldr	w9, [x8, #4268]
	cbnz	w9, .Lbelljar_BB28_124
	str	x20, [x8, #4280]
.Lbelljar_BB28_124:
	sub	x8, x22, #1
	mov	x0, x19
	mov	w2, w21
	and	x22, x8, x22
	bl	.Lbelljar_tell_end
	cbnz	x22, .Lbelljar_BB28_121
.Lbelljar_BB28_125:
	ldp	x11, x8, [x19, #56]
	mov	x10, #23123
	movk	x10, #41115, lsl #16
	mov	w12, #51712
	mov	x0, x19
	movk	x10, #47151, lsl #32
	movk	w12, #15258, lsl #16
	lsr	x9, x8, #9
	movk	x10, #68, lsl #48
	umulh	x9, x9, x10
	ldr	x10, [x19, #32]
	str	w21, [x10, #16]
	stp	x11, x20, [x10, #32]
	lsr	x9, x9, #11
	msub	x8, x9, x12, x8
	stp	x9, x8, [x10, #48]
	bl	.Lbelljar_measure_reaped
	mov	x0, x19
	mov	w1, #5
	mov	w2, #-1
	bl	.Lbelljar_tell
	mov	x0, x19
	bl	.Lbelljar_leave
.Lbelljar_entry:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	.Lbelljar_begin
